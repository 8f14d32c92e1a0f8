package org.catwalk.ajp.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.catwalk.ajp.guard.Refusal;
import org.catwalk.ajp.telemetry.Counters;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What there is only once or only a few of, and what therefore nobody gets who has not shown that he may. */
class WhatStrangersCannotUseUpTest {

    private static final String SIZE_REMARK = "sends packets of";

    private static TestServer.Builder builder() {
        return TestServer.with().servlet("/hello", (request, response) -> response.getOutputStream().print("hello"));
    }

    private static Request large(String secret) {
        return Request.get("/hello").header("X-Large", "x".repeat(20_000)).secret(secret);
    }

    private static long sizeRemarks(TestServer server) {
        return server.log().complaints().stream().filter(line -> line.contains(SIZE_REMARK)).count();
    }

    @Test
    void theOneRemarkOnPacketSizes() {
        try (TestServer server = builder().attribute("secret", "open sesame").start()) {
            assertThat(server.exchange(large("wrong")).status()).isEqualTo(403);
            assertThat(sizeRemarks(server)).isZero();

            assertThat(server.exchange(large("open sesame")).text()).isEqualTo("hello");
            assertThat(server.exchange(large("open sesame")).text()).isEqualTo("hello");
            assertThat(sizeRemarks(server)).isOne();
        }
    }

    @Test
    void thePlacesOfEverybodyWithHalfPackets() {
        try (TestServer server = builder().attribute("maxConnections", "4").start()) {
            List<AjpClient> strangers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                strangers.add(server.connect().send(new byte[] {0x12, 0x34, 0}));
            }
            assertHelloSoon(server);
            assertThat(server.refused(Refusal.TOO_MANY_UNADMITTED)).isOne();
            strangers.forEach(AjpClient::close);
        }
    }

    @Test
    void thePlacesOfEverybodyWithPings() {
        try (TestServer server = builder().attribute("maxConnections", "4").start()) {
            List<AjpClient> strangers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                strangers.add(server.connect());
                strangers.get(i).ping();
            }
            AjpClient known = server.connect();
            known.send(Request.get("/hello"));
            // Nobody of them is ever idle for as long as it takes to be settled.
            long end = System.nanoTime() + Duration.ofSeconds(3).toNanos();
            while (known.staysSilent(Duration.ofMillis(20)) && System.nanoTime() < end) {
                strangers.forEach(stranger -> stranger.sendRegardless(Request.cping()));
            }
            assertThat(known.staysSilent(Duration.ofMillis(1))).as("no answer yet").isFalse();
            assertThat(known.answer().text()).isEqualTo("hello");
            known.close();
            strangers.forEach(AjpClient::close);
        }
    }

    @Test
    void theConnectionsOfThoseWhoAreKnown() {
        try (TestServer server = builder().attribute("maxConnections", "6").start();
                AjpClient first = server.connect(); AjpClient second = server.connect()) {
            assertThat(first.exchange(Request.get("/hello")).text()).isEqualTo("hello");
            assertThat(second.exchange(Request.get("/hello")).text()).isEqualTo("hello");
            assertThat(first.staysSilent(Duration.ofMillis(300))).as("settled").isTrue();
            List<AjpClient> strangers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                strangers.add(server.connect());
            }
            await().untilAsserted(() -> assertThat(server.counters().value(Counters.Event.CONNECTIONS_ACCEPTED)).isGreaterThanOrEqualTo(22));
            assertThat(first.exchange(Request.get("/hello")).text()).isEqualTo("hello");
            assertThat(second.exchange(Request.get("/hello")).text()).isEqualTo("hello");
            strangers.forEach(AjpClient::close);
        }
    }

    private static void assertHelloSoon(TestServer server) {
        try (AjpClient known = server.connect()) {
            known.send(Request.get("/hello"));
            assertThat(known.staysSilent(Duration.ofSeconds(5))).as("no answer yet").isFalse();
            assertThat(known.answer().text()).isEqualTo("hello");
        }
    }

    @Test
    void thePlaceOfAnIdleConnection() {
        try (TestServer server = builder().attribute("maxConnections", "2").attribute("maxConnectionsPerPeer", "2").start();
                AjpClient first = server.connect(); AjpClient second = server.connect()) {
            assertThat(first.exchange(Request.get("/hello")).text()).isEqualTo("hello");
            assertThat(second.exchange(Request.get("/hello")).text()).isEqualTo("hello");
            for (int i = 0; i < 3; i++) {
                try (AjpClient third = server.connect()) {
                    third.awaitEnd();
                }
            }
            await().untilAsserted(() -> assertThat(server.refused(Refusal.TOO_MANY_CONNECTIONS_FROM_PEER)).isEqualTo(3));
            assertThat(server.counters().value(Counters.Event.CONNECTIONS_EVICTED)).isZero();
            assertThat(first.exchange(Request.get("/hello")).text()).isEqualTo("hello");
            assertThat(second.exchange(Request.get("/hello")).text()).isEqualTo("hello");
        }
    }

    @Test
    @Tag("slow")
    void theLogAndYetEachRefusalIsReportedWithoutAnother() {
        try (TestServer server = builder().start()) {
            for (int i = 0; i < 5; i++) {
                assertThat(server.exchange(Request.get("no-slash")).status()).isEqualTo(400);
            }
            assertThat(server.log().refusals()).hasSize(1);
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(server.log().refusals()).hasSize(2));
            assertThat(server.log().refusals().get(1)).isEqualTo("BAD_URI from 127.0.0.1 (4 more, not logged)");
        }
    }

    @Test
    void theLogForPathsOfOthers() {
        try (TestServer server = builder().start()) {
            assertThat(server.exchange(Request.get("customer/4711/statement")).status()).isEqualTo(400);
            assertThat(server.log().refusals()).singleElement().asString().contains("BAD_URI from 127.0.0.1", "begins with a slash")
                    .doesNotContain("4711");
        }
    }
}
