package org.catwalk.ajp.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretFileTest {

    @TempDir
    Path directory;

    @Test
    void readsOneSecretALine() throws IOException {
        SecretFile file = SecretFile.read(written("# rotated in May\n\nfirst\n  second one\t\r\n#third\nfourth # no comment"));
        assertThat(file.entries()).extracting(SecretFile.Entry::line).containsExactly(3, 4, 6);
        assertThat(file.entries()).extracting(entry -> new String(entry.secret(), StandardCharsets.UTF_8))
                .containsExactly("first", "second one", "fourth # no comment");
    }

    @Test
    void takesBytesAsTheyAre() throws IOException {
        Path path = directory.resolve("latin1");
        Files.write(path, new byte[] {'p', (byte) 0xE4, 's'});
        assertThat(SecretFile.read(path).entries().get(0).secret()).containsExactly('p', 0xE4, 's');
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "# only\n# comments\n", " \t\r\n"})
    void refusesAFileWithoutASecret(String content) {
        assertThatThrownBy(() -> SecretFile.read(written(content))).isInstanceOf(IOException.class).hasMessageContaining("holds no secret");
    }

    @Test
    void namesTheLineOfAnUnusableSecretAndNotTheSecret() {
        assertThatThrownBy(() -> SecretFile.read(written("good\nhush\0hush\n"))).isInstanceOf(IOException.class)
                .hasMessageContaining("line 2").hasMessageNotContaining("hush");
    }

    @Test
    void refusesAFileThatIsTooLargeToBeOne() {
        assertThatThrownBy(() -> SecretFile.read(written("x".repeat(SecretFile.MAX_BYTES + 1)))).hasMessageContaining("65536");
    }

    @Test
    void saysWhenThereIsNoFile() {
        assertThatThrownBy(() -> SecretFile.read(directory.resolve("none"))).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void warnsWhenOthersCanRead() throws IOException {
        Path path = written("secret-of-the-file");
        assertThat(exposure(path, "rw-------")).isEmpty();
        assertThat(exposure(path, "rw-r-----")).contains("chmod 600").doesNotContain("secret-of-the-file");
        assertThat(exposure(path, "rw----r--")).contains("rw----r--");
    }

    @Test
    void neverShowsASecretAsText() throws IOException {
        assertThat(SecretFile.read(written("secret-of-the-file")).toString()).doesNotContain("secret-of-the-file");
    }

    private static String exposure(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
        return SecretFile.read(path).exposure().orElse("");
    }

    private Path written(String content) throws IOException {
        return Files.writeString(directory.resolve("secrets"), content);
    }
}
