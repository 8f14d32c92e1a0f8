package org.catwalk.it.webapp;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import javax.servlet.ServletException;
import javax.servlet.annotation.WebServlet;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;

/**
 * Does with request and response what {@code ?do=STEP,STEP,...} says, in that order, and notes for {@code X-Request-Id} what it has read
 * in the end, whether that was the whole body, or why reading failed. Steps:
 *
 * <ul>
 * <li>{@code read} to the end, {@code read:N} N bytes or to the end
 * <li>{@code write:N} the first N bytes of {@link Payload}
 * <li>{@code flush}; {@code close} the output
 * <li>{@code echo:N} until the end: N bytes read (fewer at the end) are written and flushed before the next are read
 * <li>{@code copy:N} until the end: what a read of at most N bytes gave is written, without a flush
 * <li>{@code fail} with an exception, {@code error:STATUS}
 * </ul>
 */
@WebServlet("/steps")
public class StepsServlet extends HttpServlet {

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException {
        Run run = new Run(request.getInputStream(), response);
        String outcome = "failed";
        try {
            for (String step : request.getParameter("do").split(",")) {
                run.step(step);
            }
            outcome = run.atEnd ? "complete" : "partly";
        } catch (IOException e) {
            outcome = (run.reading ? "read" : "write") + " failed: " + e.getClass().getName();
            throw e;
        } finally {
            RequestRecords.of(request).note(run.checksum.value() + " " + outcome);
        }
    }

    private static final class Run {

        private final InputStream in;
        private final HttpServletResponse response;
        private final Payload.Checksum checksum = new Payload.Checksum();
        private boolean atEnd;
        private boolean reading;

        Run(InputStream in, HttpServletResponse response) {
            this.in = in;
            this.response = response;
        }

        void step(String step) throws IOException, ServletException {
            String[] words = step.split(":");
            int number = words.length > 1 ? Integer.parseInt(words[1]) : 0;
            switch (words[0]) {
                case "read" -> readAtMost(number == 0 ? Long.MAX_VALUE : number);
                case "write" -> Payload.write(out(), number, 8192);
                case "flush" -> response.flushBuffer();
                case "close" -> out().close();
                case "echo" -> echo(number);
                case "copy" -> copy(number);
                case "error" -> response.sendError(number, "as asked");
                case "fail" -> throw new ServletException("as asked");
                default -> throw new ServletException("unknown step " + step);
            }
        }

        private OutputStream out() throws IOException {
            return response.getOutputStream();
        }

        private void readAtMost(long limit) throws IOException {
            byte[] buffer = new byte[16 * 1024];
            for (long left = limit; left > 0 && !atEnd;) {
                left -= Math.max(0, read(buffer, 0, (int) Math.min(buffer.length, left)));
            }
        }

        private void echo(int piece) throws IOException {
            byte[] buffer = new byte[piece];
            while (!atEnd) {
                int filled = 0;
                while (filled < piece && !atEnd) {
                    filled += Math.max(0, read(buffer, filled, piece - filled));
                }
                out().write(buffer, 0, filled);
                response.flushBuffer();
            }
        }

        private void copy(int most) throws IOException {
            byte[] buffer = new byte[most];
            while (!atEnd) {
                out().write(buffer, 0, Math.max(0, read(buffer, 0, most)));
            }
        }

        private int read(byte[] into, int offset, int length) throws IOException {
            reading = true;
            int count = in.read(into, offset, length);
            reading = false;
            if (count < 0) {
                atEnd = true;
            } else {
                checksum.add(into, offset, count);
            }
            return count;
        }
    }
}
