package org.catwalk.ajp.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.catwalk.ajp.guard.Refusal;
import org.catwalk.ajp.telemetry.Counters;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers with IPv6 addresses, and those whose IPv4 address is written in the IPv6 way. */
class Ipv6PeersTest {

    private static final String LOOPBACK = "::1";

    @BeforeEach
    void onlyWhereThereIsIpv6() throws SocketException, UnknownHostException {
        assumeThat(NetworkInterface.getByInetAddress(InetAddress.getByName(LOOPBACK))).as("an interface with ::1").isNotNull();
    }

    private static TestServer.Builder builder(String address) {
        return TestServer.with().attribute("address", address)
                .servlet("/hello", (request, response) -> response.getOutputStream().print("hello"));
    }

    private static void assertHello(AjpClient client) {
        assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
    }

    @ParameterizedTest
    @ValueSource(strings = {"::1", "0:0:0:0:0:0:0:1/128", "::/64", "192.0.2.0/24, ::/0"})
    void areServedIfTheyAreAllowed(String allowed) {
        try (TestServer server = builder(LOOPBACK).attribute("allowedPeers", allowed).start(); AjpClient client = server.connect()) {
            assertHello(client);
            assertThat(server.counters().refused()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"::2", "2001:db8::/32", "127.0.0.0/8", "0.0.0.0/0", "::ffff:0.0.0.0/96", "::/128"})
    void areClosedBeforeAByteIsReadIfNot(String allowed) {
        try (TestServer server = builder(LOOPBACK).attribute("allowedPeers", allowed).start(); AjpClient client = server.connect()) {
            client.sendRegardless(Request.get("/hello").packet());
            client.awaitEnd();
            await().untilAsserted(() -> assertThat(server.refused(Refusal.PEER_NOT_ALLOWED)).isOne());
            assertThat(server.counters().value(Counters.Event.FORWARD_REQUESTS)).isZero();
            assertThat(server.log().refusals()).singleElement().asString().contains("PEER_NOT_ALLOWED from 0:0:0:0:0:0:0:1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"::ffff:127.0.0.1", "::ffff:127.0.0.0/104", "::ffff:7f00:1/128", "::ffff:0:0/96"})
    void mayBeIpv4PeersWrittenAsIpv6(String allowed) {
        try (TestServer server = builder("127.0.0.1").attribute("allowedPeers", allowed).start(); AjpClient client = server.connect()) {
            assertHello(client);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"::ffff:127.0.0.2", "::1", "::/0"})
    void areNotIpv4Peers(String allowed) {
        try (TestServer server = builder("127.0.0.1").attribute("allowedPeers", allowed).start(); AjpClient client = server.connect()) {
            client.awaitEnd();
            await().untilAsserted(() -> assertThat(server.refused(Refusal.PEER_NOT_ALLOWED)).isOne());
        }
    }

    @Test
    void haveSoManyConnectionsEachAndNoMore() {
        try (TestServer server = builder(LOOPBACK).attribute("maxConnectionsPerPeer", "2").start()) {
            List<AjpClient> clients = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                clients.add(server.connect());
                assertHello(clients.get(i));
            }
            try (AjpClient oneMore = server.connect()) {
                oneMore.awaitEnd();
            }
            await().untilAsserted(() -> assertThat(server.refused(Refusal.TOO_MANY_CONNECTIONS_FROM_PEER)).isOne());
            assertThat(server.log().refusals()).singleElement().asString()
                    .contains("TOO_MANY_CONNECTIONS_FROM_PEER from 0:0:0:0:0:0:0:1", "maxConnectionsPerPeer");
            clients.forEach(Ipv6PeersTest::assertHello);
            clients.remove(0).close();
            await().untilAsserted(() -> assertThat(server.threadPool("connectionCount")).isOne());
            try (AjpClient next = server.connect()) {
                assertHello(next);
            }
            clients.forEach(AjpClient::close);
        }
    }

    /** The log limits lines by peer, whose address has colons itself. */
    @Test
    void haveOneLineForAllTheirConnections() {
        try (TestServer server = builder(LOOPBACK).start()) {
            for (int i = 0; i < 50; i++) {
                try (AjpClient client = server.connect()) {
                    client.send(Request.packet(new byte[] {0x55}));
                    assertThat(Attack.refusal(client).status()).isEqualTo(400);
                }
            }
            assertThat(server.refused(Refusal.UNKNOWN_MESSAGE_TYPE)).isEqualTo(50);
            assertThat(server.log().refusals()).hasSizeBetween(1, 2).allSatisfy(line ->
                    assertThat(line).contains("from 0:0:0:0:0:0:0:1:"));
        }
    }
}
