package org.catwalk.it.fleet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which node has run which request, as the applications entered it; see {@link org.catwalk.it.webapp.FleetServlet}. */
public record Ledger(Path path) {

    /** @return the nodes that have run a request, in that order, by the request's id. */
    public Map<String, List<String>> runs() {
        Map<String, List<String>> runs = new HashMap<>();
        try {
            if (Files.exists(path)) {
                for (String line : Files.readAllLines(path)) {
                    String[] words = line.split(" ");
                    runs.computeIfAbsent(words[0], id -> new ArrayList<>()).add(words[1]);
                }
            }
            return runs;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @return the nodes that have run this request. */
    public List<String> runs(String id) {
        return runs().getOrDefault(id, List.of());
    }
}
