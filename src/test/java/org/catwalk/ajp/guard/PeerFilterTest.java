package org.catwalk.ajp.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;

import org.catwalk.ajp.config.AjpSettings;
import org.junit.jupiter.api.Test;

class PeerFilterTest {

    @Test
    void allowsEverybodyByDefault() throws UnknownHostException {
        PeerFilter filter = filter(null);
        assertThat(filter.allows(InetAddress.getByName("203.0.113.9"))).isTrue();
        assertThat(filter.allows(InetAddress.getByName("2001:db8::1"))).isTrue();
    }

    @Test
    void allowsWhatIsListed() throws UnknownHostException {
        PeerFilter filter = filter("10.1.0.0/16, ::1, 192.0.2.7");
        assertThat(filter.allows(InetAddress.getByName("10.1.200.3"))).isTrue();
        assertThat(filter.allows(InetAddress.getByName("::1"))).isTrue();
        assertThat(filter.allows(InetAddress.getByName("192.0.2.7"))).isTrue();
        assertThat(filter.allows(InetAddress.getByName("10.2.0.1"))).isFalse();
        assertThat(filter.allows(InetAddress.getByName("127.0.0.1"))).isFalse();
        assertThat(filter.allows(InetAddress.getByName("::2"))).isFalse();
        assertThat(filter.expected()).contains("10.1.0.0/16").contains("192.0.2.7/32");
    }

    @Test
    void leavesUnixDomainSocketsToTheirFilePermissions() {
        assertThat(filter("10.1.0.0/16").allows(null)).isTrue();
    }

    private static PeerFilter filter(String allowedPeers) {
        return new PeerFilter(AjpSettings.builder().secretRequired(false).allowedPeers(allowedPeers).build().allowedPeers());
    }
}
