package org.catwalk.ajp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PacketsTest {

    @Test
    void readsTheOuterHeaderAnywhereInABuffer() {
        byte[] buf = HexFixture.decode("00 12 34 ff fe");

        assertThat(Packets.payloadLength(buf, 1)).isEqualTo(0xFFFE);
    }

    @Test
    void tellsTheSidesApart() {
        byte[] fromWebServer = HexFixture.decode("12 34 00 01");
        byte[] fromContainer = HexFixture.decode("41 42 00 01");

        assertThat(Packets.payloadLength(fromWebServer, 0)).isEqualTo(1);
        assertThat(Packets.payloadLength(fromContainer, 0)).isEqualTo(-1);
        assertThat(Packets.containerPayloadLength(fromContainer, 0)).isEqualTo(1);
        assertThat(Packets.containerPayloadLength(fromWebServer, 0)).isEqualTo(-1);
    }

    @Test
    void rejectsWhatOtherProtocolsStartWith() {
        assertThat(Packets.payloadLength("GET / HTTP/1.1".getBytes(), 0)).isEqualTo(-1);
        assertThat(Packets.payloadLength(HexFixture.decode("16 03 01 02"), 0)).isEqualTo(-1);
        assertThat(Packets.payloadLength(HexFixture.decode("34 12 00 01"), 0)).isEqualTo(-1);
    }
}
