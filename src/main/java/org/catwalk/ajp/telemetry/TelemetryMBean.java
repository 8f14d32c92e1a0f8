package org.catwalk.ajp.telemetry;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.ReflectionException;

import org.catwalk.ajp.guard.Refusal;
import org.catwalk.ajp.guard.Secrets;

/**
 * The counters for JMX, one attribute each with its description, read only; beside them which secret was used when. The registering side
 * chooses the name.
 */
public final class TelemetryMBean implements DynamicMBean {

    private record Readable(MBeanAttributeInfo info, Supplier<Object> value) {
    }

    private final Map<String, Readable> attributes = new LinkedHashMap<>();

    /**
     * @param secrets asked at each read, so that a connector that was started again shows its present ones
     */
    public TelemetryMBean(Counters counters, Supplier<List<Secrets.Use>> secrets) {
        for (Counters.Event event : Counters.Event.values()) {
            add(event.counterName(), Long.class, "Number of " + event.description(), () -> counters.value(event));
        }
        add("refused", Long.class, "Number of refusals, all reasons together", counters::refused);
        for (Refusal reason : Refusal.values()) {
            add(reason.counterName(), Long.class, "Refusals: " + reason.description(), () -> counters.value(reason));
        }
        add("secretUses", String[].class, "For each valid secret: position, where it is configured, requests admitted with it, and when last",
                () -> secrets.get().stream().map(TelemetryMBean::line).toArray(String[]::new));
    }

    private void add(String name, Class<?> type, String description, Supplier<Object> value) {
        attributes.put(name, new Readable(new MBeanAttributeInfo(name, type.getName(), description, true, false, false), value));
    }

    private static String line(Secrets.Use use) {
        String last = use.lastUsedMillis() == 0 ? "never" : Instant.ofEpochMilli(use.lastUsedMillis()).toString();
        return use.position() + " (" + use.source() + "): used " + use.uses() + " times, last " + last;
    }

    @Override
    public Object getAttribute(String name) throws AttributeNotFoundException {
        Readable readable = attributes.get(name);
        if (readable == null) {
            throw new AttributeNotFoundException("No attribute " + name);
        }
        return readable.value.get();
    }

    @Override
    public AttributeList getAttributes(String[] names) {
        AttributeList found = new AttributeList();
        for (String name : names) {
            Readable readable = attributes.get(name);
            if (readable != null) {
                found.add(new Attribute(name, readable.value.get()));
            }
        }
        return found;
    }

    @Override
    public void setAttribute(Attribute attribute) throws AttributeNotFoundException {
        throw new AttributeNotFoundException("No attribute can be set, " + attribute.getName() + " neither");
    }

    @Override
    public AttributeList setAttributes(AttributeList ignored) {
        return new AttributeList();
    }

    @Override
    public Object invoke(String action, Object[] parameters, String[] signature) throws ReflectionException {
        throw new ReflectionException(new NoSuchMethodException(action), "There are no operations");
    }

    @Override
    public MBeanInfo getMBeanInfo() {
        List<MBeanAttributeInfo> infos = new ArrayList<>();
        attributes.values().forEach(readable -> infos.add(readable.info));
        return new MBeanInfo(TelemetryMBean.class.getName(), "What the AJP connector has counted since it was created",
                infos.toArray(MBeanAttributeInfo[]::new), null, null, null);
    }
}
