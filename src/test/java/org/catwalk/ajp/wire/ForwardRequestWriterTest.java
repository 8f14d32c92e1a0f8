package org.catwalk.ajp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class ForwardRequestWriterTest {

    private final ByteBuffer buffer = ByteBuffer.allocate(1000);
    private final ForwardRequestWriter writer = new ForwardRequestWriter().wrap(buffer);

    @Test
    void writesWhatTheParserReads() throws AjpException {
        int bytes = writer.begin(AjpMethods.STORED, "HTTP/1.1", "/\u00e4", "10.0.0.7", null, "localhost", 65535, true)
                .header("Host", "localhost").header("X-Foo", "").attribute(RequestAttributes.STORED_METHOD, "PURGE").sslKeySize(256)
                .requestAttribute("JK_LB_ACTIVATION", "ACT").attribute(RequestAttributes.REMOTE_USER, null).end();

        assertThat(bytes).isEqualTo(buffer.position());
        assertThat(Packets.payloadLength(buffer.array(), 0)).isEqualTo(bytes - 4);
        RecordingSink sink = new RecordingSink();
        new ForwardRequestParser().parse(buffer.array(), 4, bytes, sink);
        assertThat(sink.events).containsExactly("begin 0xFF", "protocol = HTTP/1.1", "requestUri = /\u00e4", "remoteAddr = 10.0.0.7",
                "remoteHost = null", "serverName = localhost", "serverPort 65535", "secure true", "headerCount 2",
                "header 0xA00B host = localhost", "header 0x00 X-Foo = ", "attribute stored_method = PURGE", "sslKeySize 256",
                "requestAttribute JK_LB_ACTIVATION = ACT", "attribute remote_user = null");
    }

    @Test
    void writesSeveralPacketsBehindOneAnother() {
        int first = writer.begin(2, "HTTP/1.1", "/", "::1", null, "h", 80, false).header("a", "b").end();
        int second = writer.begin(2, "HTTP/1.1", "/", "::1", null, "h", 80, false).end();

        assertThat(Packets.payloadLength(buffer.array(), 0)).isEqualTo(first - 4);
        assertThat(Packets.payloadLength(buffer.array(), first)).isEqualTo(second - 4);
    }

    @Test
    void wantsHeadersBeforeAttributes() {
        writer.begin(2, "HTTP/1.1", "/", "::1", null, "h", 80, false).sslKeySize(1);

        assertThatThrownBy(() -> writer.header("a", "b")).isInstanceOf(IllegalStateException.class);
    }
}
