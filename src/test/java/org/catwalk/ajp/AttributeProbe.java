package org.catwalk.ajp;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.AbstractProtocol;
import org.apache.tomcat.util.net.AbstractEndpoint;
import org.apache.tomcat.util.net.SocketProperties;

/**
 * Sets every attribute that the stock AJP connector has a setter for, on it and on ours, each on a connector of its own, and answers what
 * came of it: for each attribute the entries {@code value} (that was set) and, with {@code stock} or {@code ours} before them,
 * {@code accepts}, {@code default} and {@code after}.
 */
public final class AttributeProbe implements Supplier<Map<String, Map<String, Object>>> {

    static final String STOCK = "org.apache.coyote.ajp.AjpNioProtocol";
    static final String OURS = "org.catwalk.ajp.AjpProtocol";

    /** What Tomcat can make of the text in server.xml. With any other type it calls the setter with null, which is nobody's attribute. */
    private static final Set<Class<?>> TYPES = Set.of(String.class, int.class, long.class, boolean.class, InetAddress.class);

    private static final String SOCKET = "socket.";

    @Override
    public Map<String, Map<String, Object>> get() {
        try {
            Map<String, Map<String, Object>> answers = new TreeMap<>();
            for (Map.Entry<String, Class<?>> attribute : attributes(STOCK).entrySet()) {
                answers.put(attribute.getKey(), compare(attribute.getKey(), attribute.getValue()));
            }
            return answers;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, Object> compare(String name, Class<?> type) throws ReflectiveOperationException {
        Map<String, Object> answer = new LinkedHashMap<>();
        String value = another(type, read(new Connector(STOCK), name));
        answer.put("value", value);
        for (String protocol : new String[] {STOCK, OURS}) {
            String who = protocol.equals(STOCK) ? "stock " : "ours ";
            Connector connector = new Connector(protocol);
            answer.put(who + "default", read(connector, name));
            answer.put(who + "accepts", connector.setProperty(name, value));
            answer.put(who + "after", read(connector, name));
        }
        return answer;
    }

    /** Every attribute that a protocol, its endpoint and its sockets have a setter for, as server.xml names it, with its type. */
    static Map<String, Class<?>> attributes(String protocol) throws ReflectiveOperationException {
        Connector connector = new Connector(protocol);
        Map<String, Class<?>> attributes = new TreeMap<>();
        collect(connector.getProtocolHandler().getClass(), "", attributes);
        collect(endpoint(connector).getClass(), "", attributes);
        collect(SocketProperties.class, SOCKET, attributes);
        return attributes;
    }

    private static void collect(Class<?> owner, String prefix, Map<String, Class<?>> into) {
        for (Method method : owner.getMethods()) {
            String name = method.getName();
            if (name.startsWith("set") && name.length() > 3 && method.getParameterCount() == 1 && !Modifier.isStatic(method.getModifiers())
                    && TYPES.contains(method.getParameterTypes()[0])) {
                into.put(prefix + decapitalize(name.substring(3)), method.getParameterTypes()[0]);
            }
        }
    }

    /** SSLEnabled stays as it is. */
    private static String decapitalize(String name) {
        boolean acronym = name.length() > 1 && Character.isUpperCase(name.charAt(1));
        return acronym ? name : Character.toLowerCase(name.charAt(0)) + name.substring(1);
    }

    private static String another(Class<?> type, Object present) {
        if (type == boolean.class) {
            return String.valueOf(!Boolean.TRUE.equals(present));
        }
        if (type == InetAddress.class) {
            return "127.0.0.2";
        }
        if (type == String.class) {
            return "rwxr-x---";
        }
        long number = present == null ? 0 : ((Number) present).longValue();
        return String.valueOf(number == Integer.MAX_VALUE ? number - 1 : number + 1);
    }

    /** As text; null if it is unset or there is no getter, which is so for a secret. */
    static Object read(Connector connector, String name) throws ReflectiveOperationException {
        Object owner = connector.getProtocolHandler();
        String property = name;
        if (name.startsWith(SOCKET)) {
            owner = endpoint(connector).getSocketProperties();
            property = name.substring(SOCKET.length());
        }
        Method getter = getter(owner, property);
        if (getter == null) {
            owner = endpoint(connector);
            getter = getter(owner, property);
        }
        if (getter == null) {
            return null;
        }
        try {
            Object value = getter.invoke(owner);
            return value instanceof InetAddress ? ((InetAddress) value).getHostAddress() : value;
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof NullPointerException) {
                // The stock connector's way to say that a pattern is unset.
                return null;
            }
            throw e;
        }
    }

    private static Method getter(Object owner, String property) {
        String suffix = Character.toUpperCase(property.charAt(0)) + property.substring(1);
        for (Method method : owner.getClass().getMethods()) {
            if (method.getParameterCount() == 0 && (method.getName().equals("get" + suffix) || method.getName().equals("is" + suffix))) {
                return method;
            }
        }
        return null;
    }

    static AbstractEndpoint<?, ?> endpoint(Connector connector) throws ReflectiveOperationException {
        Method getEndpoint = AbstractProtocol.class.getDeclaredMethod("getEndpoint");
        getEndpoint.setAccessible(true);
        return (AbstractEndpoint<?, ?>) getEndpoint.invoke(connector.getProtocolHandler());
    }
}
