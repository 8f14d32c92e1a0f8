package org.catwalk.ajp.fuzz;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.catwalk.ajp.wire.HexFixture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What fuzzing found once, and what it begins with: the same targets with the same properties, without Jazzer and in every build. */
class FuzzRegressionTest {

    private static FuzzedServer server;

    @BeforeAll
    static void start() {
        server = new FuzzedServer();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static Stream<HexFixture> findings() {
        return HexFixture.all("/fuzz/");
    }

    @ParameterizedTest
    @MethodSource("findings")
    void everyFindingIsServedHoweverItIsSentAndLeft(HexFixture found) {
        Conversation.Step whole = new Conversation.Send(found.bytes());
        List<Conversation.Step> bytes = Stream.iterate(0, i -> i < found.bytes().length, i -> i + 1)
                .map(i -> (Conversation.Step) new Conversation.Send(Arrays.copyOfRange(found.bytes(), i, i + 1))).toList();
        for (Conversation.Leaving leaving : Conversation.Leaving.values()) {
            server.play(new Conversation(List.of(whole), leaving, false));
            server.play(new Conversation(List.of(whole), leaving, true));
            server.play(new Conversation(bytes, leaving, false));
        }
    }

    @ParameterizedTest
    @MethodSource("findings")
    void everyFindingIsJudged(HexFixture found) {
        found.packets().forEach(packet -> GuardFuzz.check(HexFixture.payload(packet)));
    }

    @Test
    void everyPayloadToBeginWithIsJudged() {
        Seeds.guard().forEach(GuardFuzz::fuzzerTestOneInput);
    }

    @Test
    void everyConversationToBeginWithIsServed() {
        Seeds.connection().forEach(seed -> server.play(Conversation.of(seed)));
    }
}
