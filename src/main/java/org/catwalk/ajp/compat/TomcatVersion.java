package org.catwalk.ajp.compat;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Tomcat version: line (major.minor) and patch level; anything after the third number ("-dev", "-M7", ".redhat-00003") is ignored.
 */
record TomcatVersion(int major, int minor, int patch) {

    /** The oldest version of each supported line. The first is what the connector is compiled against. */
    static final List<TomcatVersion> FLOORS =
            List.of(new TomcatVersion(9, 0, 90), new TomcatVersion(10, 1, 25), new TomcatVersion(11, 0, 0));

    private static final Pattern SHAPE = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})\\.(\\d{1,4}|x).*");

    /**
     * Reads "9.0.90", "11.0.x-dev" and the like.
     *
     * @return nothing for null and for whatever does not begin with three numbers
     */
    static Optional<TomcatVersion> parse(String text) {
        Matcher parts = SHAPE.matcher(Objects.requireNonNullElse(text, ""));
        if (!parts.matches()) {
            return Optional.empty();
        }
        int patch = parts.group(3).equals("x") ? Integer.MAX_VALUE : Integer.parseInt(parts.group(3));
        return Optional.of(new TomcatVersion(Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2)), patch));
    }

    /** True for the lines 9.0, 10.1 and 11.0, and for every line after them: those are left to the feature check. */
    boolean isOfSupportedLine() {
        return floor().isPresent() || isNewerThanEveryLine();
    }

    /** True if this version is of a line and patch level that the connector is tested with. */
    boolean isTested() {
        return floor().filter(floor -> patch >= floor.patch).isPresent();
    }

    private Optional<TomcatVersion> floor() {
        return FLOORS.stream().filter(floor -> floor.major == major && floor.minor == minor).findFirst();
    }

    private boolean isNewerThanEveryLine() {
        TomcatVersion newest = FLOORS.get(FLOORS.size() - 1);
        return major > newest.major || major == newest.major && minor > newest.minor;
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + (patch == Integer.MAX_VALUE ? "x" : patch);
    }
}
