package org.catwalk.ajp.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;

import javax.management.Attribute;
import javax.management.AttributeNotFoundException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.MBeanServerFactory;
import javax.management.ObjectName;
import javax.management.ReflectionException;

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
        server.registerMBean(new TelemetryMBean(counters, () -> uses), name);
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
