package org.catwalk.ajp.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.management.Attribute;
import javax.management.AttributeNotFoundException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;
import javax.management.ReflectionException;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.OpenMBeanAttributeInfo;
import javax.management.openmbean.TabularData;

import org.catwalk.ajp.guard.Refusal;
import org.catwalk.ajp.guard.Secrets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TelemetryMBeanTest {

    private final Counters counters = new Counters();
    private final MBeanServer server = MBeanServerFactory.newMBeanServer();
    private ObjectName name;

    @BeforeEach
    void register() throws Exception {
        List<Secrets.Use> uses = List.of(new Secrets.Use(0, "secret", 3, 1_700_000_000_000L), new Secrets.Use(1, "secretFile:4", 0, 0));
        name = new ObjectName("Catalina:type=AjpTelemetry");
        server.registerMBean(new TelemetryMBean(counters, new Gauges() {

            @Override
            public Map<ConnectionState, Integer> connections() {
                return Map.of(ConnectionState.IDLE, 7, ConnectionState.WRITING, 2);
            }

            @Override
            public List<BufferUse> buffers() {
                return List.of(new BufferUse("small", 8192, 3, 4, 256, -1), new BufferUse("large", 65536, 0, 0, 64, 100));
            }

            @Override
            public String drainState() {
                return "draining";
            }

            @Override
            public List<Secrets.Use> secrets() {
                return uses;
            }
        }), name);
    }

    @Test
    void showsEveryCounterWithItsDescription() throws Exception {
        MBeanAttributeInfo[] infos = server.getMBeanInfo(name).getAttributes();
        assertThat(Stream.of(infos).map(MBeanAttributeInfo::getName)).doesNotHaveDuplicates()
                .containsAll(Stream.of(Refusal.values()).map(Refusal::counterName).toList())
                .containsAll(Stream.of(Counters.Event.values()).map(Counters.Event::counterName).toList());
        assertThat(infos).allSatisfy(info -> {
            assertThat(info.isWritable()).isFalse();
            assertThat(info.getDescription()).isNotBlank();
            assertThat(server.getAttribute(name, info.getName())).isInstanceOf(Class.forName(info.getType()));
            if (info instanceof OpenMBeanAttributeInfo open) {
                assertThat(open.getOpenType().isValue(server.getAttribute(name, info.getName()))).as(info.getName()).isTrue();
            }
        });
    }

    @Test
    void showsWhatWasCounted() throws Exception {
        counters.count(Refusal.SECRET_WRONG);
        counters.count(Refusal.SECRET_WRONG);
        counters.count(Refusal.BAD_MAGIC);
        counters.add(Counters.Event.SEND_BODY_CHUNKS, 40);
        counters.count(Counters.Event.SEND_BODY_CHUNKS);
        assertThat(server.getAttribute(name, "secretWrong")).isEqualTo(2L);
        assertThat(server.getAttribute(name, "refused")).isEqualTo(3L);
        assertThat(server.getAttribute(name, "sendBodyChunks")).isEqualTo(41L);
        assertThat(server.getAttributes(name, new String[] {"badMagic", "none"}).asList()).containsExactly(new Attribute("badMagic", 1L));
        assertThat(counters.values()).containsEntry("secretWrong", 2L).containsEntry("sendBodyChunks", 41L);
    }

    @Test
    void showsWhatTheConnectionsDo() throws Exception {
        CompositeData connections = (CompositeData) server.getAttribute(name, "connections");
        assertThat(connections.getCompositeType().keySet())
                .containsExactlyInAnyOrder("idle", "reading", "queued", "request", "async", "writing", "closing");
        assertThat(connections.get("idle")).isEqualTo(7L);
        assertThat(connections.get("async")).isEqualTo(0L);
        assertThat(server.getAttribute(name, "drainState")).isEqualTo("draining");
    }

    @Test
    void showsBuffersSecretsAndWebServersAsTables() throws Exception {
        counters.peers().opened("192.0.2.7").countReceived(500, System.nanoTime());
        assertThat(row("buffers", "large").get("inUseAtMost")).isEqualTo(100L);
        assertThat(row("buffers", "small").get("inUse")).isEqualTo(3L);
        assertThat(row("secrets", "secret").get("uses")).isEqualTo(3L);
        assertThat(row("secrets", "secretFile:4").get("lastUsedMillis")).isEqualTo(0L);
        assertThat(row("peers", "192.0.2.7").get("bytesIn")).isEqualTo(500L);
        assertThat(row("peers", "192.0.2.7").get("open")).isEqualTo(1L);
    }

    @Test
    void showsTimesAsPercentilesAndAsHistogram() throws Exception {
        for (int millis = 1; millis <= 100; millis++) {
            counters.firstBytes().count(TimeUnit.MILLISECONDS.toNanos(millis));
        }
        CompositeData times = (CompositeData) server.getAttribute(name, "timeToFirstByte");
        assertThat(times.get("requests")).isEqualTo(100L);
        assertThat((Long) times.get("p50Micros")).isBetween(50_000L, 57_000L);
        assertThat((Long) times.get("p99Micros")).isBetween(99_000L, 100_000L);
        assertThat(times.get("maxMicros")).isEqualTo(100_000L);
        assertThat(row("timeToFirstByteBuckets", "0.000064").get("requests")).isEqualTo(0L);
        assertThat(row("timeToFirstByteBuckets", "0.065536").get("requests")).isEqualTo(65L);
        assertThat(row("timeToFirstByteBuckets", "67.108864").get("requests")).isEqualTo(100L);
        assertThat(row("timeToFirstByteBuckets", "+Inf").get("requests")).isEqualTo(100L);
    }

    @Test
    void showsHowFarAheadBodiesWereAskedFor() throws Exception {
        counters.bodyWindow().count(1);
        counters.bodyWindow().count(8);
        CompositeData use = (CompositeData) server.getAttribute(name, "bodyWindowUse");
        assertThat(use.get("asks")).isEqualTo(2L);
        assertThat(use.get("mean")).isEqualTo(4.5);
        assertThat(use.get("max")).isEqualTo(8L);
    }

    private CompositeData row(String table, String key) throws Exception {
        return ((TabularData) server.getAttribute(name, table)).get(new Object[] {key});
    }

    @Test
    void showsWhichSecretIsStillInUse() throws Exception {
        assertThat((String[]) server.getAttribute(name, "secretUses")).containsExactly(
                "0 (secret): used 3 times, last 2023-11-14T22:13:20Z", "1 (secretFile:4): used 0 times, last never");
    }

    @Test
    void canOnlyBeRead() {
        assertThatThrownBy(() -> server.setAttribute(name, new Attribute("refused", 0L))).isInstanceOf(AttributeNotFoundException.class);
        assertThatThrownBy(() -> server.getAttribute(name, "none")).isInstanceOf(AttributeNotFoundException.class);
        assertThatThrownBy(() -> server.invoke(name, "reset", null, null)).isInstanceOf(ReflectionException.class);
    }
}
