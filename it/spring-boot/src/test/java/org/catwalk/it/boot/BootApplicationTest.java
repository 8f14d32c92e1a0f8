package org.catwalk.it.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.catalina.connector.Connector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.embedded.tomcat.TomcatWebServer;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;

/** Spring Boot with its own Tomcat, and the connector that the application registers. */
class BootApplicationTest {

    private static final String SECRET = "Sesame-0815";
    private static final int GET = 2;
    private static final int POST = 4;

    private static ServletWebServerApplicationContext application;
    private static Connector ajp;

    @BeforeAll
    static void start() {
        application = (ServletWebServerApplicationContext) SpringApplication.run(BootApplication.class,
                "--server.port=0", "--server.address=127.0.0.1", "--ajp.port=0", "--ajp.secret=" + SECRET);
        for (Connector connector : ((TomcatWebServer) application.getWebServer()).getTomcat().getService().findConnectors()) {
            if (connector.getProtocolHandlerClassName().equals("org.catwalk.ajp.AjpProtocol")) {
                ajp = connector;
            }
        }
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    @Test
    void answersAjp() throws IOException {
        assertThat(exchange(GET, "/hello", SECRET, new byte[0])).isEqualTo("200 hello 192.0.2.7 from www.example.test");
        assertThat(exchange(POST, "/echo", SECRET, "a body".getBytes(StandardCharsets.US_ASCII))).isEqualTo("200 a body");
        assertThat(exchange(GET, "/none", SECRET, new byte[0])).startsWith("404 ");
    }

    @Test
    void asksForTheSecret() throws IOException {
        assertThat(exchange(GET, "/hello", "wrong", new byte[0])).startsWith("403");
    }

    /** One request on a connection of its own, as a web server would send it. @return status and body */
    private static String exchange(int method, String uri, String secret, byte[] body) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), ajp.getLocalPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(packet(forwardRequest(method, uri, secret, body.length)));
            if (body.length > 0) {
                ByteArrayOutputStream chunk = new ByteArrayOutputStream();
                new DataOutputStream(chunk).writeShort(body.length);
                chunk.write(body);
                socket.getOutputStream().write(packet(chunk.toByteArray()));
            }
            return answer(new DataInputStream(socket.getInputStream()));
        }
    }

    private static String answer(DataInputStream in) throws IOException {
        int status = 0;
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        while (true) {
            assertThat(in.readShort()).as("begin of a packet").isEqualTo((short) 0x4142);
            byte[] payload = in.readNBytes(in.readUnsignedShort());
            switch (payload[0]) {
                case 4 -> status = (payload[1] & 0xFF) << 8 | payload[2] & 0xFF;
                // Type and length before the data, one byte behind them.
                case 3 -> text.writeBytes(Arrays.copyOfRange(payload, 3, payload.length - 1));
                case 5 -> {
                    return status + " " + text.toString(StandardCharsets.UTF_8);
                }
                default -> throw new AssertionError("Packet of type " + payload[0]);
            }
        }
    }

    private static byte[] forwardRequest(int method, String uri, String secret, int length) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(new byte[] {2, (byte) method});
        string(out, "HTTP/1.1");
        string(out, uri);
        string(out, "192.0.2.7");
        out.writeShort(0xFFFF);
        string(out, "www.example.test");
        out.writeShort(80);
        out.writeByte(0);
        out.writeShort(length > 0 ? 3 : 1);
        header(out, 0xA00B, "www.example.test");
        if (length > 0) {
            header(out, 0xA008, Integer.toString(length));
            header(out, 0xA007, "application/octet-stream");
        }
        out.writeByte(0x0C);
        string(out, secret);
        out.writeByte(0xFF);
        return bytes.toByteArray();
    }

    private static void header(DataOutputStream out, int code, String value) throws IOException {
        out.writeShort(code);
        string(out, value);
    }

    private static void string(DataOutputStream out, String text) throws IOException {
        out.writeShort(text.length());
        out.writeBytes(text);
        out.writeByte(0);
    }

    private static byte[] packet(byte[] payload) throws IOException {
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(packet);
        out.writeShort(0x1234);
        out.writeShort(payload.length);
        out.write(payload);
        return packet.toByteArray();
    }
}
