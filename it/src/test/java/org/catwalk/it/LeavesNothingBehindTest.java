package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.catwalk.it.harness.ChildProcess;
import org.catwalk.it.harness.LogFile;
import org.catwalk.it.harness.TestBed;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/** Runs last (see junit-platform.properties): what the shared Tomcat and httpd look like after all that, and that they go. */
@Scenarios
@ExtendWith(SharedTestBed.StopGuardBed.class)
@Tag("smoke")
@Order(Integer.MAX_VALUE)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LeavesNothingBehindTest {

    private final TestBed bed;

    LeavesNothingBehindTest(TestBed bed) {
        this.bed = bed;
    }

    @Test
    @Order(1)
    void tomcatAndHttpdAreStillInOrder() {
        assertThat(bed.tomcat().isAlive()).isTrue();
        assertThat(bed.httpd().errorLog().text()).doesNotContain("Segmentation fault", "exit signal");
    }

    @Test
    @Order(2)
    void stoppingTomcatLeavesNoThreadAndNoProcess() {
        LogFile.Mark log = bed.tomcat().log().mark();
        bed.close();
        List<String> lines = log.lines();
        assertThat(lines).filteredOn(line -> line.contains("SEVERE") || line.contains("failed to stop")
                || line.contains("memory leak")).isEmpty();
        assertThat(ChildProcess.leftOver()).isEmpty();
    }
}
