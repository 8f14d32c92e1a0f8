package org.catwalk.bench.server;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Adapter;
import org.apache.coyote.ProtocolHandler;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.IntrospectionUtils;
import org.apache.tomcat.util.net.SocketEvent;

/**
 * A connector without a container: {@code BareServer PROTOCOL [attribute=value ...]}. Every request is answered with the same 20 bytes, so
 * that whatever is allocated for one is allocated by the connector and the Coyote classes that it is built on.
 */
public final class BareServer {

    private BareServer() {
    }

    public static void main(String[] arguments) throws Exception {
        ProtocolHandler protocol = (ProtocolHandler) Class.forName(arguments[0]).getDeclaredConstructor().newInstance();
        set(protocol, "port", "0");
        set(protocol, "address", "127.0.0.1");
        set(protocol, "secretRequired", "false");
        for (int i = 1; i < arguments.length; i++) {
            String[] attribute = arguments[i].split("=", 2);
            set(protocol, attribute[0], attribute[1]);
        }
        protocol.setAdapter(new Answering());
        protocol.init();
        protocol.start();
        Commands.obey(Integer.parseInt(IntrospectionUtils.getProperty(protocol, "localPort").toString()));
        protocol.stop();
        protocol.destroy();
    }

    private static void set(ProtocolHandler protocol, String name, String value) {
        if (!IntrospectionUtils.setProperty(protocol, name, value)) {
            throw new IllegalArgumentException("The connector " + protocol + " has no attribute " + name);
        }
    }

    /** What is left of a container. It sets no content type, for Coyote allocates half a kilobyte to parse one. */
    private static final class Answering implements Adapter {

        private static final byte[] BODY = "Hello, small world!\n".getBytes(StandardCharsets.US_ASCII);
        /** Written from by one thread at a time; a new one for each request would be counted. */
        private final ThreadLocal<ByteBuffer> bodies = ThreadLocal.withInitial(() -> ByteBuffer.wrap(BODY));

        @Override
        public void service(Request request, Response response) throws Exception {
            response.setStatus(200);
            response.setContentLength(BODY.length);
            response.doWrite(bodies.get().rewind());
            response.action(ActionCode.CLOSE, null);
        }

        @Override
        public boolean prepare(Request request, Response response) {
            return true;
        }

        @Override
        public boolean asyncDispatch(Request request, Response response, SocketEvent status) {
            return false;
        }

        @Override
        public void log(Request request, Response response, long time) {
            // nobody reads it
        }

        @Override
        public void checkRecycled(Request request, Response response) {
            // nothing is kept
        }

        @Override
        public String getDomain() {
            return "bare";
        }
    }
}
