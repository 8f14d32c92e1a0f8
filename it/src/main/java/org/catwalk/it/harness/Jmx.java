package org.catwalk.it.harness;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** The MBeans of another JVM of this user, reached by attaching to its pid; no port is configured or opened to others. */
public final class Jmx implements AutoCloseable {

    private final JMXConnector connector;
    private final MBeanServerConnection beans;

    private Jmx(JMXConnector connector) throws IOException {
        this.connector = connector;
        this.beans = connector.getMBeanServerConnection();
    }

    public static Jmx attachTo(long pid) {
        try {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
            try {
                return new Jmx(JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent())));
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException e) {
            throw new IllegalStateException("Could not attach to JVM " + pid + "; it must run under the same user on a JDK.", e);
        } catch (IOException e) {
            throw new UncheckedIOException("Could not reach the MBeans of JVM " + pid, e);
        }
    }

    /** @throws IllegalArgumentException if the bean or its attribute does not exist */
    public Object attribute(ObjectName bean, String attribute) {
        try {
            return beans.getAttribute(bean, attribute);
        } catch (JMException e) {
            throw new IllegalArgumentException(bean + " has no readable attribute " + attribute, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As {@link #attribute(ObjectName, String)}, for the one bean that {@code pattern} matches. */
    public Object attribute(String pattern, String attribute) {
        return attribute(only(pattern), attribute);
    }

    /** The one bean that {@code pattern} matches. */
    public ObjectName only(String pattern) {
        Set<ObjectName> found = query(pattern);
        if (found.size() != 1) {
            throw new IllegalArgumentException("Expected one MBean for " + pattern + ", found " + found);
        }
        return found.iterator().next();
    }

    public Set<ObjectName> query(String pattern) {
        try {
            return new TreeSet<>(beans.queryNames(new ObjectName(pattern), null));
        } catch (JMException e) {
            throw new IllegalArgumentException(pattern + " is no object name pattern", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Description of each attribute that {@code bean} offers. */
    public MBeanAttributeInfo[] attributes(ObjectName bean) {
        try {
            return beans.getMBeanInfo(bean).getAttributes();
        } catch (JMException e) {
            throw new IllegalArgumentException(bean + " does not exist", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Calls an operation without parameters, or with some that are strings. */
    public Object invoke(ObjectName bean, String operation, String... arguments) {
        return call(bean, operation, arguments, Collections.nCopies(arguments.length, String.class.getName()).toArray(new String[0]));
    }

    /** Calls one of the JVM's diagnostic commands, such as {@code gcClassHistogram}. @return what it prints */
    public String diagnose(String command) {
        return (String) call(only("com.sun.management:type=DiagnosticCommand"), command, new Object[] {new String[0]},
                new String[] {String[].class.getName()});
    }

    private Object call(ObjectName bean, String operation, Object[] parameters, String[] types) {
        try {
            return beans.invoke(bean, operation, parameters, types);
        } catch (JMException e) {
            throw new IllegalArgumentException(bean + ": " + operation + "() failed", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Names of the threads that live in that JVM. */
    public List<String> threadNames() {
        try {
            ThreadMXBean threads = ManagementFactory.newPlatformMXBeanProxy(beans, ManagementFactory.THREAD_MXBEAN_NAME,
                    ThreadMXBean.class);
            return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds())).filter(Objects::nonNull)
                    .map(ThreadInfo::getThreadName).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            connector.close();
        } catch (IOException e) {
            // the other JVM may be gone already; there is nothing left to close then
        }
    }
}
