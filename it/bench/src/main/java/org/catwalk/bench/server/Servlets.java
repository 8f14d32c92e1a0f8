package org.catwalk.bench.server;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** The application under every connector. */
final class Servlets {

    /** What an application that copies a file to the response usually hands over at a time. */
    private static final int PIECE = 8192;

    private Servlets() {
    }

    /** Path to servlet. The load generator's {@code Exchanges} names the same paths. */
    static Map<String, Class<? extends HttpServlet>> byPath() {
        Map<String, Class<? extends HttpServlet>> servlets = new LinkedHashMap<>();
        servlets.put("/small", Small.class);
        servlets.put("/page", Page.class);
        servlets.put("/large", Large.class);
        servlets.put("/large-whole", LargeAtOnce.class);
        servlets.put("/sink", Sink.class);
        servlets.put("/sleep/*", Sleep.class);
        servlets.put("/varying", Varying.class);
        servlets.put("/compute/*", Compute.class);
        return servlets;
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) ('a' + i % 26);
        }
        return bytes;
    }

    private static void answer(HttpServletResponse response, byte[] body) throws IOException {
        response.setContentType("text/plain");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    private static int numberInPath(HttpServletRequest request) {
        return Integer.parseInt(request.getPathInfo().substring(1));
    }

    /** 20 bytes. */
    public static final class Small extends HttpServlet {
        private static final byte[] BODY = "Hello, small world!\n".getBytes(StandardCharsets.US_ASCII);

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            answer(response, BODY);
        }
    }

    /** 10 KB in one write. */
    public static final class Page extends HttpServlet {
        private static final byte[] BODY = bytes(10 * 1024);

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            answer(response, BODY);
        }
    }

    /** 1 MB in pieces of 8 KB. */
    public static final class Large extends HttpServlet {
        private static final byte[] BODY = bytes(1 << 20);

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.setContentType("application/octet-stream");
            response.setContentLength(BODY.length);
            ServletOutputStream out = response.getOutputStream();
            for (int from = 0; from < BODY.length; from += PIECE) {
                out.write(BODY, from, PIECE);
            }
        }
    }

    /** 1 MB in one write. */
    public static final class LargeAtOnce extends HttpServlet {

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            answer(response, Large.BODY);
        }
    }

    /** Reads the whole body and answers its length. */
    public static final class Sink extends HttpServlet {

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
            ServletInputStream in = request.getInputStream();
            byte[] piece = new byte[PIECE];
            long total = 0;
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                total += read;
            }
            answer(response, Long.toString(total).getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** Holds its thread for as many milliseconds as the path says. */
    public static final class Sleep extends HttpServlet {

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            hold(numberInPath(request));
            answer(response, Small.BODY);
        }
    }

    /** Holds its thread for 10 ms each twentieth time, as a page does that is not in a cache. */
    public static final class Varying extends HttpServlet {
        private static final int SLOW_OF = 20;

        private final AtomicInteger count = new AtomicInteger();

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            if (count.incrementAndGet() % SLOW_OF == 0) {
                hold(10);
            }
            answer(response, Small.BODY);
        }
    }

    private static void hold(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Uses as many microseconds of its thread's CPU time as the path says, however many other threads want the processor. */
    public static final class Compute extends HttpServlet {
        private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

        private volatile long result;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            long end = THREADS.getCurrentThreadCpuTime() + numberInPath(request) * 1000L;
            long value = end;
            while (THREADS.getCurrentThreadCpuTime() < end) {
                for (int i = 0; i < 10_000; i++) {
                    value = value * 6364136223846793005L + 1442695040888963407L;
                }
            }
            result = value;
            answer(response, Small.BODY);
        }
    }
}
