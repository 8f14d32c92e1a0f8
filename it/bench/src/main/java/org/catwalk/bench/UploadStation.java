package org.catwalk.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.catwalk.it.harness.FrontEnd;

/** One client that uploads 20 MB through httpd and mod_jk, with a slow network between httpd and the server. */
final class UploadStation implements Station {

    private static final int BYTES = 20 << 20;
    private static final int WARM_UP_BYTES = 1 << 20;
    private static final int PATIENCE_MILLIS = 120_000;

    private final ServerProcess server;
    private final DelayingProxy network;
    private final Httpd httpd;

    private UploadStation(ServerProcess server, DelayingProxy network, Httpd httpd) {
        this.server = server;
        this.network = network;
        this.httpd = httpd;
    }

    static UploadStation open(ServerProcess server, Duration roundTrip) throws IOException {
        DelayingProxy network = new DelayingProxy(server.port(), roundTrip);
        return new UploadStation(server, network,
                Httpd.ajp("upload-" + server.contestant().name() + roundTrip.toMillis(), FrontEnd.MOD_JK, network.port()));
    }

    @Override
    public void warmUp(Duration duration) throws IOException {
        long end = System.nanoTime() + duration.toNanos();
        do {
            upload(WARM_UP_BYTES);
        } while (System.nanoTime() < end);
    }

    @Override
    public Map<Metric, Double> round(Schedule schedule) throws IOException {
        double cpuSeconds = -server.cpuSeconds();
        long start = System.nanoTime();
        upload(BYTES);
        double seconds = (System.nanoTime() - start) / 1e9;
        cpuSeconds += server.cpuSeconds();
        Map<Metric, Double> figures = new EnumMap<>(Metric.class);
        figures.put(Metric.MEGABYTES, (BYTES >> 20) / seconds);
        figures.put(Metric.CPU, cpuSeconds * 1e6);
        return figures;
    }

    private void upload(int bytes) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), httpd.port())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            OutputStream out = socket.getOutputStream();
            out.write(("POST /sink HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/octet-stream\r\n"
                    + "Content-Length: " + bytes + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            byte[] piece = new byte[64 * 1024];
            for (int sent = 0; sent < bytes; sent += piece.length) {
                out.write(piece);
            }
            BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            String status = in.readLine();
            String answer = in.lines().dropWhile(line -> !line.isEmpty()).skip(1).findFirst().orElse("nothing");
            if (status == null || !status.contains(" 200 ") || !answer.equals(Integer.toString(bytes))) {
                throw new IOException("Expected 200 and " + bytes + ", got " + status + " and " + answer);
            }
        }
    }

    @Override
    public void close() throws IOException {
        httpd.close();
        network.close();
    }
}
