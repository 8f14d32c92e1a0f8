package org.catwalk.ajp.compat;

import java.lang.reflect.Field;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.net.Acceptor;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.apache.tomcat.util.net.SocketWrapperBase;

/**
 * Calls everything in {@link Tomcat} and answers what came of it, in types of the JDK: it runs in a class loader of its own, with a Tomcat
 * that it was not compiled against.
 */
public final class TomcatProbe implements Supplier<Map<String, Object>> {

    private final Map<String, Object> answers = new LinkedHashMap<>();

    @Override
    public Map<String, Object> get() {
        try {
            versions();
            startOfARequest();
            methods();
            listeners();
            names();
            connections();
            return answers;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private void versions() {
        Tomcat.check();
        answers.put("version", Tomcat.version());
        answers.put("supported", Tomcat.isSupported());
        answers.put("warning", Tomcat.warning().orElse(""));
    }

    /** Milliseconds between the start marked and now; the machine's uptime, or the time since 1970, if the mark went wrong. */
    private void startOfARequest() {
        Request request = new Request();
        Tomcat.markRequestStart(request);
        answers.put("age", System.currentTimeMillis() - request.getStartTime());
    }

    private void methods() {
        Request request = new Request();
        answers.put("no method", Tomcat.getMethod(request));
        Tomcat.setMethod(request, "PROPFIND");
        answers.put("method", Tomcat.getMethod(request));
        Tomcat.setMethod(request, null);
        answers.put("cleared method", Tomcat.getMethod(request));
    }

    private void listeners() throws ReflectiveOperationException {
        Request request = new Request();
        Response response = new Response();
        answers.put("no read listener", Tomcat.readListener(request));
        answers.put("no write listener", Tomcat.writeListener(response));
        Object readListener = register(request);
        Object writeListener = register(response);
        answers.put("read listener", Tomcat.readListener(request) == readListener);
        answers.put("write listener", Tomcat.writeListener(response) == writeListener);
    }

    private void names() {
        answers.put("prefix", Tomcat.servletAttributePrefix());
        answers.put("tls", Tomcat.tlsAttributeNames().toString());
    }

    private void connections() throws ReflectiveOperationException {
        NioEndpoint endpoint = new NioEndpoint();
        SocketWrapperBase<?> wrapper = new NioEndpoint.NioSocketWrapper(new NioChannel(new SocketBufferHandler(1, 1, false)), endpoint);
        Object connection = Tomcat.servletConnection(wrapper, "ajp", "");
        answers.put("connection", connection == null ? null : describe(connection));
        answers.put("same connection", connection == Tomcat.servletConnection(wrapper, "ajp", ""));
        Acceptor<?> acceptor = new Acceptor<>(endpoint);
        Tomcat.stopAcceptor(acceptor, 0);
        answers.put("acceptor told", field(Acceptor.class, "stopCalled").get(acceptor));
    }

    private static String describe(Object connection) throws ReflectiveOperationException {
        Class<?> api = Class.forName("jakarta.servlet.ServletConnection");
        return api.getMethod("getProtocol").invoke(connection) + "|" + api.getMethod("getProtocolConnectionId").invoke(connection);
    }

    /** Past the public setters, which want a running processor. */
    private static Object register(Object owner) throws ReflectiveOperationException {
        Field field = field(owner.getClass(), "listener");
        Object listener = Proxy.newProxyInstance(
                field.getType().getClassLoader(), new Class<?>[] {field.getType()}, (proxy, method, arguments) -> null);
        field.set(owner, listener);
        return listener;
    }

    private static Field field(Class<?> owner, String name) throws NoSuchFieldException {
        Field field = owner.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }
}
