package org.catwalk.ajp.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {

    @ParameterizedTest
    @CsvSource({
            "10.1.2.3, 10.1.2.3", "10.1.0.0/16, 10.1.255.255", "0.0.0.0/0, 203.0.113.9", "10.1.2.0/23, 10.1.3.255", "10.1.2.3/32, 10.1.2.3",
            "::1, ::1", "fd00::/8, fdff::1", "::/0, 2001:db8::1", "2001:db8:8000::/33, 2001:db8:ffff::1", "fe80::/10, fe80::1",
            "::ffff:10.1.2.3, 10.1.2.3", "::ffff:10.0.0.0/104, 10.9.9.9", "::ffff:0.0.0.0/96, 203.0.113.9"})
    void containsTheAddressesOfTheBlock(String block, String address) throws UnknownHostException {
        assertThat(Cidr.parse(block).contains(InetAddress.getByName(address))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"10.1.2.3, 10.1.2.4", "10.1.0.0/16, 10.2.0.0", "10.1.2.0/23, 10.1.4.0", "0.0.0.0/0, ::1", "::/0, 10.1.2.3",
            "2001:db8:8000::/33, 2001:db8::1", "::1, ::2", "::ffff:10.0.0.0/104, 11.0.0.0"})
    void doesNotContainOthers(String block, String address) throws UnknownHostException {
        assertThat(Cidr.parse(block).contains(InetAddress.getByName(address))).isFalse();
    }

    @Test
    void takesMappedPeersForIpv4() throws UnknownHostException {
        // Java makes an Inet4Address of such bytes by itself; a peer's address need not have come through there.
        byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, 1, 2, 3};
        InetAddress peer = java.net.Inet6Address.getByAddress(null, mapped, -1);
        assertThat(peer.getAddress()).hasSize(16);
        assertThat(Cidr.parse("10.1.0.0/16").contains(peer)).isTrue();
        assertThat(Cidr.parse("10.2.0.0/16").contains(peer)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "localhost", "www.example.com/8", "10.1", "10.1.2", "167772161", "010.1.2.3", "10.1.2.256", "10.1.2.3.4", "10.1.2.",
            "0x0a.1.2.3", "10.1.2.3 ", "fe80::1%eth0", "[::1]", ":::", "1::2::3", "::g", "::/x", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1",
            "10.0.0.0/+8", "::/129", "10.0.0.0/8/8", "１０.0.0.1"})
    void refusesWhatIsNoBlockAndNamesIt(String text) {
        assertThatThrownBy(() -> Cidr.parse(text)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("\"" + text + "\"");
    }

    @Test
    void refusesBitsBeyondThePrefixAndSaysWhatToWrite() {
        assertThatThrownBy(() -> Cidr.parse("10.1.2.3/8")).hasMessageContaining("10.0.0.0/8").hasMessageContaining("10.1.2.3 for that one");
    }

    @Test
    void isAValue() {
        assertThat(Cidr.parse("::ffff:10.0.0.0/104")).isEqualTo(Cidr.parse("10.0.0.0/8")).hasSameHashCodeAs(Cidr.parse("10.0.0.0/8"))
                .hasToString("10.0.0.0/8").isNotEqualTo(Cidr.parse("10.0.0.0/9"));
    }
}
