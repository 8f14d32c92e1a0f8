package org.catwalk.it.harness;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The system's httpd and its modules, as Debian's packages apache2 and libapache2-mod-jk install them. Other places are named with
 * {@code -Dhttpd.binary} and {@code -Dhttpd.modules}. Nothing of the system-wide service is used: no configuration, port or log.
 */
record HttpdInstallation(Path binary, Path modules) {

    private static final List<String> REQUIRED = List.of("authn_core", "authz_core", "authz_user", "auth_basic",
            "authn_file", "env", "ssl", "socache_shmcb", "proxy", "proxy_ajp", "jk");
    /** Compiled into Debian's binary, loadable elsewhere. */
    private static final List<String> IF_PRESENT = List.of("unixd", "log_config", "logio");

    static HttpdInstallation find(Mpm mpm) {
        HttpdInstallation found = new HttpdInstallation(chosen("httpd.binary", "/usr/sbin/apache2", "/usr/sbin/httpd"),
                chosen("httpd.modules", "/usr/lib/apache2/modules", "/usr/lib64/httpd/modules"));
        List<String> missing = Stream.concat(Stream.of(mpm.module()), REQUIRED.stream()).filter(module -> !found.has(module)).toList();
        if (!Files.isExecutable(found.binary) || !missing.isEmpty()) {
            throw new IllegalStateException("httpd is not complete: binary " + found.binary + ", missing modules " + missing
                    + ". Install them with 'apt-get install apache2 libapache2-mod-jk', or point -Dhttpd.binary and"
                    + " -Dhttpd.modules to them.");
        }
        return found;
    }

    private static Path chosen(String property, String first, String second) {
        String given = System.getProperty(property);
        if (given != null && !given.isEmpty()) {
            return Path.of(given);
        }
        return Files.exists(Path.of(first)) ? Path.of(first) : Path.of(second);
    }

    private boolean has(String module) {
        return Files.exists(file(module));
    }

    private Path file(String module) {
        return modules.resolve("mod_" + module + ".so");
    }

    /** @param more modules beside those that every instance needs; all are in Debian's apache2-bin */
    String loadModuleLines(Mpm mpm, List<String> more) {
        StringBuilder lines = new StringBuilder();
        IF_PRESENT.stream().filter(this::has).forEach(module -> append(lines, module));
        append(lines, mpm.module());
        REQUIRED.forEach(module -> append(lines, module));
        more.forEach(module -> append(lines, module));
        return lines.toString();
    }

    private void append(StringBuilder lines, String module) {
        lines.append("LoadModule ").append(module).append("_module \"").append(file(module)).append("\"\n");
    }
}
