package org.catwalk.ajp;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.Vector;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.logging.Level;
import javax.management.JMException;
import javax.management.JMRuntimeException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.manager.StatusTransformer;
import org.apache.catalina.startup.Tomcat;
import org.catwalk.ajp.hosts.LogCapture;
import org.catwalk.ajp.wire.AjpMethods;
import org.catwalk.ajp.wire.ForwardRequestWriter;
import org.catwalk.ajp.wire.RequestAttributes;

/**
 * Starts an embedded Tomcat with the stock AJP connector and ours, sends one request to each, and answers what monitors see of them: for
 * each connector {@code names}, {@code attributes}, {@code descriptions}, {@code status} and {@code leaks}, {@code left behind} after the
 * end, and the {@code warnings} that Tomcat logged. Port and name index are cut out of the names, so that they can be compared.
 */
public final class JmxProbe implements Supplier<Map<String, Map<String, Object>>> {

    static final String SECRET = "Sesame-0815";

    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

    @Override
    public Map<String, Map<String, Object>> get() {
        try {
            Map<String, Map<String, Object>> answers = new LinkedHashMap<>();
            answers.put("stock", look(AttributeProbe.STOCK));
            answers.put("ours", look(AttributeProbe.OURS));
            return answers;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private Map<String, Object> look(String protocol) throws Exception {
        Path base = Files.createTempDirectory("jmx-probe");
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(base.toString());
        tomcat.getHost();
        Connector connector = new Connector(protocol);
        connector.setPort(0);
        connector.setProperty("secret", SECRET);
        tomcat.getService().addConnector(connector);
        Map<String, Object> answer = new LinkedHashMap<>();
        try (LogCapture silence = LogCapture.of("org", Level.INFO)) {
            tomcat.start();
            request(connector.getLocalPort());
            Set<ObjectName> names = names();
            awaitCounted(names);
            answer.put("names", normalised(names));
            answer.put("attributes", attributes(names));
            answer.put("descriptions", descriptions(names));
            answer.put("status", List.of(status(names, 0), status(names, 1), status(names, 2)));
            answer.put("leaks", leaks());
            tomcat.stop();
            tomcat.destroy();
            answer.put("left behind", normalised(names()));
            answer.put("warnings", silence.lines().stream().filter(line -> !line.startsWith("INFO")).toList());
        } finally {
            Files.deleteIfExists(base);
        }
        return answer;
    }

    /** For a page that is not there; the answer is read to its end. */
    static void request(int port) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(8192);
        new ForwardRequestWriter().wrap(buffer)
                .begin(AjpMethods.codeOf("GET"), "HTTP/1.1", "/none", "127.0.0.1", null, "localhost", 80, false)
                .header("host", "localhost")
                .attribute(RequestAttributes.SECRET, SECRET)
                .end();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(buffer.array(), 0, buffer.position());
            DataInputStream in = new DataInputStream(socket.getInputStream());
            int type;
            do {
                in.readShort();
                byte[] payload = new byte[in.readUnsignedShort()];
                in.readFully(payload);
                type = payload[0];
            } while (type != 5);
        }
    }

    /** The response is complete for the web server before it is counted here. */
    private void awaitCounted(Set<ObjectName> names) throws JMException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        for (ObjectName name : names) {
            while ("RequestProcessor".equals(type(name)) && !read(name, "errorCount").equals("1")) {
                if (System.nanoTime() - end > 0) {
                    throw new IllegalStateException(name + " has not counted the request for 10 s");
                }
                Thread.onSpinWait();
            }
        }
    }

    /** Those of the connector, which is the only one. */
    private Set<ObjectName> names() throws JMException {
        Set<ObjectName> names = new TreeSet<>();
        for (ObjectName name : server.queryNames(new ObjectName("Tomcat:*"), null)) {
            if (name.toString().contains("ajp-nio-") || "ProtocolHandler".equals(name.getKeyProperty("type"))) {
                names.add(name);
            }
        }
        return names;
    }

    private static Set<String> normalised(Set<ObjectName> names) {
        Set<String> normalised = new TreeSet<>();
        for (ObjectName name : names) {
            normalised.add(normalised(name.getCanonicalName()));
        }
        return normalised;
    }

    private static String normalised(String text) {
        return text.replaceAll("auto-\\d+(-\\d+)?", "auto-N").replaceAll("AjpRequest\\d+", "AjpRequestN");
    }

    /** By type of MBean: each readable attribute with its type and, if it can be read, its value. */
    private Map<String, Map<String, List<String>>> attributes(Set<ObjectName> names) throws JMException {
        Map<String, Map<String, List<String>>> attributes = new TreeMap<>();
        for (ObjectName name : names) {
            Map<String, List<String>> ofOne = attributes.computeIfAbsent(type(name), key -> new TreeMap<>());
            for (MBeanAttributeInfo info : server.getMBeanInfo(name).getAttributes()) {
                if (info.isReadable()) {
                    ofOne.put(info.getName(), List.of(info.getType(), read(name, info.getName())));
                }
            }
        }
        return attributes;
    }

    private Map<String, List<String>> descriptions(Set<ObjectName> names) throws JMException {
        Map<String, List<String>> descriptions = new TreeMap<>();
        for (ObjectName name : names) {
            List<String> ofOne = new ArrayList<>();
            for (MBeanAttributeInfo info : server.getMBeanInfo(name).getAttributes()) {
                ofOne.add(info.getName() + ": " + info.getDescription());
            }
            descriptions.put(type(name), ofOne);
        }
        return descriptions;
    }

    private static String type(ObjectName name) {
        return name.getKeyProperty("subType") == null ? name.getKeyProperty("type") : name.getKeyProperty("subType");
    }

    private String read(ObjectName name, String attribute) {
        try {
            Object value = server.getAttribute(name, attribute);
            return value instanceof Object[] ? Arrays.deepToString((Object[]) value) : String.valueOf(value);
        } catch (JMException | JMRuntimeException e) {
            return "unreadable: " + e;
        }
    }

    /** What Tomcat's manager makes of it, as HTML, XML or JSON: it reads attributes without asking whether they are there. */
    private String status(Set<ObjectName> names, int mode) throws ReflectiveOperationException {
        Vector<ObjectName> pools = new Vector<>();
        Vector<ObjectName> groups = new Vector<>();
        Vector<ObjectName> requests = new Vector<>();
        for (ObjectName name : names) {
            switch (type(name)) {
                case "ThreadPool" -> pools.add(name);
                case "GlobalRequestProcessor" -> groups.add(name);
                case "RequestProcessor" -> requests.add(name);
                default -> { }
            }
        }
        StringWriter text = new StringWriter();
        Object[] labels = new Object[40];
        Arrays.fill(labels, "label");
        for (Method method : StatusTransformer.class.getMethods()) {
            if (method.getName().equals("writeConnectorsState")) {
                try {
                    method.invoke(null, new PrintWriter(text, true), server, pools, groups, requests, mode, labels);
                } catch (InvocationTargetException e) {
                    return "unreadable: " + e.getCause();
                }
            }
        }
        return normalised(text.toString()).replaceAll("\\d+(\\.\\d+)?", "0");
    }

    /** Where a monitor finds the secret: in an attribute of any MBean, or in the answer of an operation that takes a property's name. */
    private List<String> leaks() throws JMException {
        List<String> leaks = new ArrayList<>();
        for (ObjectName name : server.queryNames(new ObjectName("Tomcat:*"), null)) {
            for (MBeanAttributeInfo info : server.getMBeanInfo(name).getAttributes()) {
                if (info.isReadable() && read(name, info.getName()).contains(SECRET)) {
                    leaks.add(name + " " + info.getName());
                }
            }
            for (String property : List.of("secret", "requiredSecret", "secrets", "secretFile")) {
                if (read(name, property).contains(SECRET)) {
                    leaks.add(name + " " + property);
                }
                for (MBeanOperationInfo operation : server.getMBeanInfo(name).getOperations()) {
                    if (Set.of("getProperty", "getAttribute").contains(operation.getName()) && invoke(name, operation, property).contains(SECRET)) {
                        leaks.add(name + " " + operation.getName() + "(" + property + ")");
                    }
                }
            }
        }
        return leaks;
    }

    private String invoke(ObjectName name, MBeanOperationInfo operation, String property) {
        try {
            return String.valueOf(server.invoke(name, operation.getName(), new Object[] {property}, new String[] {"java.lang.String"}));
        } catch (JMException | JMRuntimeException e) {
            return "failed: " + e;
        }
    }
}
