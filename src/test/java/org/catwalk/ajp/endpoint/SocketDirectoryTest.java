package org.catwalk.ajp.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class SocketDirectoryTest {

    @TempDir
    private Path base;

    private Path directory;
    private Path socket;

    @BeforeEach
    void chooseADirectory() {
        directory = base.resolve("run/ajp");
        socket = directory.resolve("tomcat.sock");
    }

    @Test
    void createsAMissingDirectoryWithThePermissionsAskedFor() throws IOException {
        new SocketDirectory("rwxrwx---", null).prepare(socket, null);
        assertThat(permissions()).isEqualTo("rwxrwx---");
    }

    @Test
    void letsWhoMayUseTheSocketEnterANewDirectory() throws IOException {
        new SocketDirectory(null, null).prepare(socket, "rw-rw----");
        assertThat(permissions()).isEqualTo("rwxr-x---");
    }

    @Test
    void leavesANewDirectoryToTheUmaskIfNothingIsAskedFor() throws IOException {
        new SocketDirectory(null, null).prepare(socket, null);
        assertThat(directory).isDirectory();
    }

    @Test
    void leavesAnExistingDirectoryAloneUnlessToldOtherwise() throws IOException {
        create("rwxrwxrwx");
        new SocketDirectory(null, null).prepare(socket, "rw-------");
        assertThat(permissions()).isEqualTo("rwxrwxrwx");
    }

    @Test
    void refusesADirectoryThatIsOpenToMoreThanItMayBe() throws IOException {
        create("rwxr-xr-x");
        assertThatThrownBy(() -> new SocketDirectory("rwxr-x---", null).prepare(socket, null)).isInstanceOf(IOException.class)
                .hasMessageContaining(directory.toString()).hasMessageContaining("rwxr-xr-x").hasMessageContaining("chmod");
        assertThatCode(() -> new SocketDirectory("rwxr-xr-x", null).prepare(socket, null)).doesNotThrowAnyException();
    }

    @Test
    void refusesADirectoryOfSomebodyElse() throws IOException {
        create("rwxr-x---");
        assertThatCode(() -> new SocketDirectory(null, "somebody").prepare(socket, null)).doesNotThrowAnyException();

        String self = System.getProperty("user.name");
        System.setProperty("user.name", "tomcat-of-a-test");
        try {
            assertThatThrownBy(() -> new SocketDirectory(null, "somebody").prepare(socket, null)).isInstanceOf(IOException.class)
                    .hasMessageContaining("belongs to").hasMessageContaining("tomcat-of-a-test or somebody");
            String owner = Files.getOwner(directory).getName();
            assertThatCode(() -> new SocketDirectory(null, owner).prepare(socket, null)).doesNotThrowAnyException();
        } finally {
            System.setProperty("user.name", self);
        }
    }

    @Test
    void namesTheAttributeWithPermissionsThatAreNone() {
        assertThatThrownBy(() -> new SocketDirectory("0750", null).prepare(socket, null))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("unixDomainSocketParentPermissions=\"0750\"");
    }

    private void create(String permissions) throws IOException {
        Files.createDirectories(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(permissions));
    }

    private String permissions() throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(directory));
    }
}
