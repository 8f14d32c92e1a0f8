package org.catwalk.ajp.tool.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.catwalk.ajp.tool.doctor.Backend.Parameter;
import org.junit.jupiter.api.Test;

class WorkersFileTest {

    private static WorkersFile parse(String text) {
        return WorkersFile.parse("workers.properties", text.lines().toList());
    }

    private static Backend only(String text) {
        List<Backend> backends = parse(text).backends();
        assertThat(backends).hasSize(1);
        return backends.get(0);
    }

    @Test
    void readsAWorkerWithTheLineOfEachValue() {
        Backend backend = only("""
                # all of it
                worker.list = node1   # the only one

                worker.node1.host=10.0.0.7
                worker.node1.port=8010
                worker.node1.max_packet_size=65536
                """);
        assertThat(backend.name()).isEqualTo("node1");
        assertThat(backend.host()).isEqualTo("10.0.0.7");
        assertThat(backend.port()).isEqualTo(8010);
        assertThat(backend.packetSize()).hasValue(65536);
        assertThat(backend.get(Parameter.PACKET_SIZE)).hasValueSatisfying(setting -> assertThat(setting.line()).isEqualTo(6));
    }

    @Test
    void takesAnEscapedHashForOne() {
        assertThat(only("worker.list=a\nworker.a.secret=one\\#two # three\n").get(Parameter.SECRET)).map(Setting::value).hasValue("one#two");
    }

    @Test
    void fillsInWhatModJkFillsIn() {
        Backend backend = only("worker.list=node1\nworker.node1.type=ajp13\n");
        assertThat(backend.host()).isEqualTo("localhost");
        assertThat(backend.port()).isEqualTo(8009);
        assertThat(backend.packetSize()).hasValue(8192);
        assertThat(backend.route()).hasValue("node1");
    }

    @Test
    void takesFromATemplateWhatTheWorkerLacksThroughSeveralSteps() {
        Backend backend = only("""
                worker.list=node1
                worker.base.secret=from-base
                worker.template.reference=worker.base
                worker.template.port=8010
                worker.template.connection_pool_size=7
                worker.node1.reference=worker.template
                worker.node1.port=8011
                """);
        assertThat(backend.port()).isEqualTo(8011);
        assertThat(backend.number(Parameter.POOL_SIZE)).hasValue(7);
        assertThat(backend.get(Parameter.SECRET)).map(Setting::value).hasValue("from-base");
    }

    @Test
    void survivesTemplatesThatReferToEachOther() {
        Backend backend = only("worker.list=a\nworker.a.reference=worker.b\nworker.b.reference=worker.a\nworker.a.host=h\n");
        assertThat(backend.host()).isEqualTo("h");
        assertThat(backend.port()).isEqualTo(8009);
    }

    @Test
    void readsTheMembersOfABalancer() {
        List<Backend> backends = parse("""
                worker.list=router,status
                worker.router.type=lb
                worker.router.balance_workers=node1
                worker.router.balance_workers=node2, node3
                worker.status.type=status
                worker.node1.port=8101
                worker.node2.port=8102
                worker.node2.route=second
                worker.node3.port=8103
                """).backends();
        assertThat(backends).extracting(Backend::name).containsExactly("node1", "node2", "node3");
        assertThat(backends).extracting(Backend::balancer).containsOnly("router");
        assertThat(backends.get(1).route()).hasValue("second");
    }

    @Test
    void namesBalancersWithMembersOfWhichNothingIsSaid() {
        assertThat(parse("""
                worker.list=router
                worker.router.type=lb
                worker.router.balance_workers=node1,nod2
                worker.node1.port=8101
                """).balancersWithUnknownMembers()).singleElement().satisfies(setting -> assertThat(setting.line()).isEqualTo(3));
    }

    @Test
    void fillsInVariablesAndLeavesUnknownOnes() {
        WorkersFile workers = parse("""
                base.port=8010
                worker.list=a,b
                worker.a.port=$(base.port)
                worker.a.secret=$(ENVIRONMENT)
                worker.b.port=$(nothing)
                """);
        assertThat(workers.backends().get(0).port()).isEqualTo(8010);
        assertThat(workers.get("a", "secret")).hasValueSatisfying(setting -> assertThat(setting.isKnown()).isFalse());
        assertThat(workers.backends().get(1).port()).isZero();
    }

    @Test
    void roundsPacketSizesAsModJkDoes() {
        assertThat(only("worker.list=a\nworker.a.max_packet_size=9000\n").packetSize()).hasValue(9216);
        assertThat(only("worker.list=a\nworker.a.max_packet_size=100\n").packetSize()).hasValue(8192);
        assertThat(only("worker.list=a\nworker.a.max_packet_size=70000\n").packetSize()).hasValue(65536);
        assertThat(only("worker.list=a\nworker.a.max_packet_size=$(size)\n").packetSize()).isEmpty();
    }

    @Test
    void saysWhichLineToChangeAndNeverShowsASecret() {
        Backend backend = only("worker.list=a\nworker.a.port=8009\nworker.a.secret=hush\n");
        assertThat(backend.change(Parameter.SECRET, "(theirs)")).isEqualTo("workers.properties, line 3: worker.a.secret=(theirs)");
        assertThat(backend.change(Parameter.POOL_SIZE, "25"))
                .isEqualTo("workers.properties, with line 2: worker.a.connection_pool_size=25");
        assertThat(backend.get(Parameter.SECRET).get()).hasToString("worker.a.secret=(not shown) (workers.properties, line 3)");
    }
}
