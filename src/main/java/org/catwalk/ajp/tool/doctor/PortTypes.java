package org.catwalk.ajp.tool.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What {@code semanage port -l} prints, TCP only: a type, the protocol, ports and ranges of ports. */
record PortTypes(List<Entry> entries) {

    /** @param first equal to last if it is one port */
    record Entry(String type, int first, int last) {

        boolean holds(int port) {
            return first <= port && port <= last;
        }
    }

    /** Lines that cannot be read are passed over: the heading is one of them. */
    static PortTypes parse(String output) {
        List<Entry> entries = new ArrayList<>();
        output.lines().forEach(line -> {
            String[] columns = line.trim().split("\\s+", 3);
            if (columns.length == 3 && columns[1].equals("tcp")) {
                for (String range : columns[2].split(",\\s*")) {
                    if (range.trim().matches("\\d{1,5}(-\\d{1,5})?")) {
                        String[] ends = range.trim().split("-");
                        entries.add(new Entry(columns[0], Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1])));
                    }
                }
            }
        });
        return new PortTypes(entries);
    }

    /** Every type whose ports hold this one. */
    List<String> typesOf(int port) {
        return entries.stream().filter(each -> each.holds(port)).map(Entry::type).toList();
    }

    /** The type that names just this port: adding a second one fails, it has to be modified. */
    Optional<String> exactTypeOf(int port) {
        return entries.stream().filter(each -> each.first() == port && each.last() == port).map(Entry::type).findFirst();
    }
}
