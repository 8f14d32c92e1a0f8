package org.catwalk.ajp.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.catwalk.ajp.guard.Refusal;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

class RefusalLogTest {

    private final List<String> lines = new ArrayList<>();
    private final AtomicLong nanos = new AtomicLong(-5);
    private boolean debugEnabled;
    private final RefusalLog log = new RefusalLog(recordingLogger(), nanos::get);

    @Test
    void writesOneLineWithReasonPeerAndDetail() {
        log.refused(Refusal.SECRET_WRONG, "10.0.0.7", () -> "found this; expected that. Change it.");
        assertThat(lines).containsExactly("warn SECRET_WRONG from 10.0.0.7: found this; expected that. Change it.");
    }

    @Test
    void writesOneLinePerReasonAndPeerInAnInterval() {
        for (int i = 0; i < 5; i++) {
            refuse(Refusal.BAD_URI, "a");
            refuse(Refusal.BAD_URI, "b");
            refuse(Refusal.BAD_HOST, "a");
        }
        assertThat(lines).hasSize(3);
    }

    @Test
    void takesTheConnectionsOfOnePeerTogether() {
        for (int port = 1024; port < 1100; port++) {
            refuse(Refusal.BAD_URI, "10.0.0.7:" + port);
            refuse(Refusal.BAD_URI, "2001:db8:0:0:0:0:0:7:" + port);
        }
        refuse(Refusal.BAD_URI, "10.0.0.8:1024");
        assertThat(lines).hasSize(3).first().isEqualTo("warn BAD_URI from 10.0.0.7:1024: detail");
    }

    @Test
    void tellsWithTheNextLineHowManyWereHeldBack() {
        for (int i = 0; i < 18; i++) {
            refuse(Refusal.BAD_URI, "a");
        }
        passSeconds(RefusalLog.INTERVAL_SECONDS);
        refuse(Refusal.BAD_URI, "a");
        assertThat(lines.get(1)).endsWith("(17 more of these before, not logged)");
        passSeconds(RefusalLog.INTERVAL_SECONDS);
        refuse(Refusal.BAD_URI, "a");
        assertThat(lines.get(2)).endsWith("detail");
    }

    @Test
    void reportsWhatWasHeldBackWhenAsked() {
        refuse(Refusal.BAD_URI, "a");
        refuse(Refusal.BAD_URI, "a");
        refuse(Refusal.BAD_HOST, "b");
        log.reportSuppressed();
        assertThat(lines).as("too soon").hasSize(2);
        passSeconds(RefusalLog.INTERVAL_SECONDS);
        log.reportSuppressed();
        log.reportSuppressed();
        assertThat(lines).hasSize(3).last().isEqualTo("warn BAD_URI from a (1 more, not logged)");
    }

    @Test
    void cannotBeFloodedByManyPeers() {
        for (int i = 0; i < 100_000; i++) {
            refuse(Refusal.SECRET_MISSING, "10." + i + ".0.7:4711");
        }
        assertThat(lines).hasSize(RefusalLog.MAX_LINES_PER_INTERVAL);
        passSeconds(RefusalLog.INTERVAL_SECONDS);
        log.reportSuppressed();
        assertThat(lines).hasSizeLessThanOrEqualTo(2 * RefusalLog.MAX_LINES_PER_INTERVAL);
    }

    @Test
    void forgetsNoCount() {
        int refusals = 20_000;
        for (int i = 0; i < refusals; i++) {
            refuse(Refusal.SECRET_MISSING, "peer-" + i % 5_000);
        }
        for (int i = 0; i < 100; i++) {
            passSeconds(RefusalLog.INTERVAL_SECONDS);
            log.reportSuppressed();
        }
        long counted = lines.stream().mapToLong(RefusalLogTest::refusalsIn).sum();
        assertThat(counted).isEqualTo(refusals);
    }

    private static long refusalsIn(String line) {
        long heldBack = line.matches(".*\\(\\d+ more.*") ? Long.parseLong(line.replaceAll(".*\\((\\d+) more.*", "$1")) : 0;
        return heldBack + (line.contains(": detail") ? 1 : 0);
    }

    @Test
    void makesRoomForNewPeersWhenOldOnesAreSilent() {
        for (int interval = 0; interval < 50; interval++) {
            for (int i = 0; i < RefusalLog.MAX_LINES_PER_INTERVAL; i++) {
                refuse(Refusal.SECRET_MISSING, "peer-" + interval + "-" + i);
            }
            passSeconds(RefusalLog.INTERVAL_SECONDS);
        }
        assertThat(lines).hasSize(50 * RefusalLog.MAX_LINES_PER_INTERVAL).last().asString().contains("peer-49-99");
    }

    @Test
    void letsNobodyForgeALine() {
        log.refused(Refusal.BAD_URI, "10.0.0.7\n2026 INFO forged", () -> "\r\n2026 INFO forged \u001b[31m\u0085\u2028\u202e\0\u007f ä");
        assertThat(lines).singleElement().asString().matches("[ -~]+").contains("\\u000a").contains("\\u001b").contains("\\u2028")
                .contains("\\u202e").contains("\\u00e4");
    }

    @Test
    void cutsLongLines() {
        log.refused(Refusal.BAD_URI, "p".repeat(10_000), () -> "d".repeat(1_000_000));
        assertThat(lines.get(0)).hasSizeLessThan(1_300).contains("p...").endsWith("d...");
    }

    @Test
    void writesWhatTheClientDidAtDebugOnly() {
        refuse(Refusal.BODY_TRUNCATED, "a");
        assertThat(lines).isEmpty();
        debugEnabled = true;
        refuse(Refusal.BODY_TRUNCATED, "a");
        assertThat(lines).containsExactly("debug BODY_TRUNCATED from a: detail");
    }

    @Test
    void asksForTheDetailOnlyIfItWritesTheLine() {
        refuse(Refusal.BAD_URI, "a");
        log.refused(Refusal.BAD_URI, "a", () -> {
            throw new AssertionError("asked");
        });
        log.refused(Refusal.BODY_TRUNCATED, "a", () -> {
            throw new AssertionError("asked");
        });
        assertThat(lines).hasSize(1);
    }

    @Test
    void namesDroppedAttributes() {
        log.attributeIgnored("\"MY_ATTRIBUTE\"", "a");
        log.attributeIgnored("\"MY_ATTRIBUTE\"", "a");
        assertThat(lines).singleElement().asString().contains("\"MY_ATTRIBUTE\"").contains("allowedRequestAttributes");
    }

    private void refuse(Refusal reason, String peer) {
        log.refused(reason, peer, () -> "detail");
    }

    private void passSeconds(int seconds) {
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    private Logger recordingLogger() {
        return (Logger) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Logger.class}, (proxy, method, arguments) -> {
            switch (method.getName()) {
                case "isWarnEnabled":
                    return true;
                case "isDebugEnabled":
                    return debugEnabled;
                case "warn":
                case "debug":
                    assertThat(arguments[0]).as("what a peer sent must not be a format").isEqualTo("{}");
                    lines.add(method.getName() + " " + arguments[1]);
                    return null;
                default:
                    throw new AssertionError(method);
            }
        });
    }
}
