package org.catwalk.ajp.tool.generate;

import java.util.stream.Collectors;

/** httpd's configuration for mod_jk, to be included. */
final class ModJkConf {

    private ModJkConf() {
    }

    static String of(Deployment deployment) {
        String mounts = deployment.mounts().stream().map(ModJkConf::mount).collect(Collectors.joining());
        return """
                # Written by `catwalk-ajp generate`. Include it in httpd.conf; it does not say Listen. Use this or mod_proxy_ajp.conf.

                <IfModule !jk_module>
                  # The path is that of httpd's own packages; leave it out if the module is loaded elsewhere.
                  LoadModule jk_module modules/mod_jk.so
                </IfModule>
                # The workers, with their secret.
                JkWorkersFile "%1$s/workers.properties"
                # Where mod_jk says what went wrong; `catwalk-ajp doctor --jk-log` explains it.
                JkLogFile "%2$s/mod_jk.log"
                # Enough to see failures, and no line for each request.
                JkLogLevel info
                # What the child processes of httpd share about the members' health; a local disk, not NFS; with SELinux
                # below /run/httpd, such as run/mod_jk.shm.
                JkShmFile "%2$s/jk-runtime-status"
                # Seconds between two rounds that look at members that failed and at idle connections; as worker.maintain.
                JkWatchdogInterval %6$d

                <VirtualHost %3$s>
                %4$s\
                  # Refuses URLs that httpd and Tomcat could read in two ways, such as those with an encoded percent sign or backslash.
                  JkOptions +RejectUnsafeURI
                %5$s</VirtualHost>
                """.formatted(deployment.configurationDirectory(), deployment.logDirectory(), deployment.listen(), deployment.serverNames(), mounts,
                WorkersProperties.RECOVERY_SECONDS);
    }

    private static String mount(String path) {
        if (path.equals("/")) {
            return "  # Everything goes to Tomcat.\n  JkMount /* " + WorkersProperties.BALANCER + "\n";
        }
        return "  # " + path + " itself, and all below it.\n  JkMount " + path + " " + WorkersProperties.BALANCER + "\n  JkMount " + path + "/* "
                + WorkersProperties.BALANCER + "\n";
    }
}
