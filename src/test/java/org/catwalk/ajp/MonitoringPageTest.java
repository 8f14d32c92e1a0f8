package org.catwalk.ajp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.MBeanAttributeInfo;
import javax.management.openmbean.CompositeType;
import javax.management.openmbean.OpenMBeanAttributeInfo;
import javax.management.openmbean.OpenType;
import javax.management.openmbean.TabularType;
import org.catwalk.ajp.telemetry.Counters;
import org.catwalk.ajp.telemetry.Gauges;
import org.catwalk.ajp.telemetry.TelemetryMBean;
import org.junit.jupiter.api.Test;

/** The user guide's page about monitoring lists what the statistics in JMX show, all of it and nothing else. */
class MonitoringPageTest {

    private static final Path PAGE = Path.of("src/site/markdown/monitoring.md");
    /** Attribute, or table and column; metric; meaning. */
    private static final Pattern ROW = Pattern.compile("\\| `(\\w+(?:\\.\\w+)?)` \\|[^|]*\\| (.+) \\|");

    @Test
    void listsEveryStatisticWithItsDescription() throws IOException {
        Map<String, String> listed = new LinkedHashMap<>();
        for (String line : Files.readAllLines(PAGE)) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                assertThat(listed.put(row.group(1), row.group(2))).as("listed twice: %s", line).isNull();
            }
        }
        assertThat(listed).containsExactlyInAnyOrderEntriesOf(shown());
    }

    /** Descriptions by name; columns of tables are {@code table.column}. */
    private static Map<String, String> shown() {
        Gauges nothing = (Gauges) Proxy.newProxyInstance(Gauges.class.getClassLoader(), new Class<?>[] {Gauges.class}, (self, method, none) -> null);
        Map<String, String> shown = new LinkedHashMap<>();
        for (MBeanAttributeInfo info : new TelemetryMBean(new Counters(), nothing).getMBeanInfo().getAttributes()) {
            shown.put(info.getName(), info.getDescription());
            if (info instanceof OpenMBeanAttributeInfo open) {
                CompositeType row = rowOf(open.getOpenType());
                row.keySet().forEach(column -> shown.put(info.getName() + "." + column, row.getDescription(column)));
            }
        }
        return shown;
    }

    private static CompositeType rowOf(OpenType<?> type) {
        return type instanceof TabularType table ? table.getRowType() : (CompositeType) type;
    }
}
