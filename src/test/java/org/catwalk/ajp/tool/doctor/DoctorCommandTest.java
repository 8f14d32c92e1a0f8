package org.catwalk.ajp.tool.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntUnaryOperator;
import org.catwalk.ajp.tool.FakeContainer;
import org.catwalk.ajp.tool.Invocation;
import org.catwalk.ajp.wire.ControlPackets;
import org.catwalk.ajp.wire.MessageType;
import org.catwalk.ajp.wire.SendHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What no real connector can be made to do at will; the rest is in the integration tests. */
class DoctorCommandTest {

    /** Does not answer at all. */
    private static final int SILENCE = 0;
    /** Closes instead of an answer. */
    private static final int CLOSE = -1;

    /** Answers CPINGs, and requests by the length of their packet with a status, or as the constants say. */
    private static FakeContainer.Script answering(IntUnaryOperator statusOfPacketLength) {
        return socket -> {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            try {
                while (true) {
                    in.readUnsignedShort();
                    byte[] payload = in.readNBytes(in.readUnsignedShort());
                    if (!answer(socket, payload, statusOfPacketLength.applyAsInt(payload.length + 4))) {
                        return;
                    }
                }
            } catch (EOFException gone) {
                // The command has what it wanted.
            }
        };
    }

    private static boolean answer(Socket socket, byte[] payload, int status) throws IOException {
        ByteBuffer answer = ByteBuffer.allocate(1000);
        if (payload[0] == MessageType.CPING) {
            ControlPackets.cpong(answer);
        } else if (status > 0) {
            SendHeaders head = new SendHeaders().wrap(answer, answer.remaining());
            head.begin(status, Integer.toString(status));
            head.end();
            ControlPackets.endResponse(answer, status < 400);
        } else {
            return status == SILENCE;
        }
        OutputStream out = socket.getOutputStream();
        out.write(answer.array(), 0, answer.position());
        out.flush();
        return true;
    }

    private static Invocation doctor(FakeContainer container, String... options) {
        String[] arguments = new String[options.length + 2];
        arguments[0] = "doctor";
        arguments[1] = container.address();
        System.arraycopy(options, 0, arguments, 2, options.length);
        return Invocation.of(arguments);
    }

    @Test
    void findsAContainerHealthyAndItsPacketSizeToTheByte() {
        for (int packetSize : new int[] {8192, 8193, 10_000, 65535, 65536}) {
            try (FakeContainer container = new FakeContainer(answering(length -> length <= packetSize ? 200 : CLOSE))) {
                Invocation run = doctor(container);
                assertThat(run.exitCode()).as(run.out()).isZero();
                assertThat(run.out()).contains("takes " + packetSize + " bytes and no more");
                assertThat(run.lines()).last().isEqualTo(container.address() + ": healthy");
            }
        }
    }

    @Test
    void namesAConnectorThatIsPausedOrBrokenByItself() {
        try (FakeContainer paused = new FakeContainer(answering(length -> 503));
                FakeContainer broken = new FakeContainer(answering(length -> 400));
                FakeContainer closing = new FakeContainer(answering(length -> CLOSE))) {
            assertThat(doctor(paused).out()).contains("BROKEN PAUSED");
            assertThat(doctor(broken).out()).contains("BROKEN REFUSED_BY_CONNECTOR");
            assertThat(doctor(closing).out()).contains("BROKEN REQUEST_UNANSWERED");
            assertThat(doctor(closing).exitCode()).isEqualTo(1);
        }
    }

    @Test
    void namesRequestsThatHang() {
        try (FakeContainer hanging = new FakeContainer(answering(length -> SILENCE))) {
            Invocation run = doctor(hanging, "--timeout", "200ms");
            assertThat(run.out()).contains("CPINGs are answered and requests hang", "NO_THREAD", "raise maxThreads");
            assertThat(run.exitCode()).isEqualTo(1);
        }
    }

    @Test
    void namesAPeerThatAcceptsAndSaysNothing() {
        try (FakeContainer deaf = new FakeContainer(socket -> socket.getInputStream().readAllBytes())) {
            Invocation run = doctor(deaf, "--timeout", "200ms");
            assertThat(run.exitCode()).isEqualTo(3);
            assertThat(run.out()).contains("NO_THREAD", "Tomcat accepted the connection");
        }
    }

    @Test
    void sendsTheSecretOfTheWorkerThatLeadsThere(@TempDir Path directory) throws IOException {
        StringBuilder received = new StringBuilder();
        FakeContainer.Script recording = socket -> {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            in.readUnsignedShort();
            byte[] payload = in.readNBytes(in.readUnsignedShort());
            received.append(new String(payload, StandardCharsets.ISO_8859_1));
            answer(socket, payload, 200);
        };
        try (FakeContainer container = new FakeContainer(recording)) {
            Path workers = directory.resolve("workers.properties");
            Files.writeString(workers, "worker.list=a,b\nworker.a.port=1\nworker.a.secret=of-another\nworker.b.host=127.0.0.1\nworker.b.port="
                    + container.port() + "\nworker.b.secret=of-this-one\n");
            Invocation run = doctor(container, "--workers", workers.toString());
            assertThat(received.toString()).contains("of-this-one").doesNotContain("of-another");
            assertThat(run.out() + run.err()).doesNotContain("of-this-one");
        }
    }

    @Test
    void refusesFilesThatItCannotRead() {
        Invocation run = Invocation.of("doctor", "127.0.0.1", "--server-xml", "no-such-server.xml");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("no-such-server.xml");
    }
}
