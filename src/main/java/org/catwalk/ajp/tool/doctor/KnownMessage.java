package org.catwalk.ajp.tool.doctor;

import java.util.regex.Pattern;

/**
 * What mod_jk 1.2.48 writes to its log, httpd 2.4 about mod_proxy_ajp to its error log, and Catwalk to Tomcat's, and what it means. The
 * first that matches a line explains it.
 */
enum KnownMessage {

    // ---- mod_jk: connecting

    CONNECT_FAILED("connect to \\S+ failed \\(errno=|Failed opening socket to \\(", "mod_jk cannot connect to Tomcat",
            "doctor HOST:PORT on the web server's host"),
    BACKEND_FAILED("connecting to backend failed\\. Tomcat is probably not started",
            "mod_jk cannot connect to Tomcat, or its CPING got no CPONG",
            "the line before it has the reason"),
    CONNECTING_FAILED("connecting to tomcat failed \\(rc=", "A request could not be sent; the client got 503, or another member was tried",
            "the lines before it have the reason"),
    NAME_UNKNOWN("can't resolve tomcat address|host '[^']*' resolve failed|Failed resolving address",
            "The name in worker.NAME.host has no address, so that the worker is out of use",
            "correct worker.NAME.host in workers.properties, or the name server, and restart httpd"),

    // ---- mod_jk: CPING

    CPONG_LATE("timeout in reply cpong after",
            "Tomcat took the connection and did not answer a CPING in time: no thread is free (stock connector, "
            + "or cping=\"ready\"), maxConnections is reached, or the JVM stands still (garbage collection)",
            "raise maxThreads or maxConnections on the AJP Connector; if there is enough of both, look at Tomcat's garbage collection log"),
    CPING_AFTER_CONNECT("cping/cpong after connecting to the backend server failed", "The first CPING on a new connection got no CPONG",
            "doctor HOST:PORT tells why: threads, connections, or a port that does not speak AJP"),
    CPING_BEFORE_REQUEST("prepost cping/cpong failure|keepalive cping/cpong failure|awaited reply cpong",
            "A pooled connection was dead; mod_jk takes another", "harmless if rare; if not, give connection_pool_timeout (seconds) and "
            + "keepAliveTimeout (milliseconds) the same value"),
    POOLED_CONNECTION_CLOSED("is not connected any more|no usable connection found",
            "Tomcat, or a firewall, closed an idle connection before mod_jk did",
            "worker.NAME.connection_pool_timeout in workers.properties: keepAliveTimeout of the AJP Connector in seconds, or less"),

    // ---- mod_jk: requests

    RESPONSE_HEAD_FAILED("can't receive the response header message from tomcat",
            "The connection ended before an answer: Tomcat was stopped, "
            + "refused the peer (allowedPeers), closed an idle connection, or took the request for broken",
            "look at Tomcat's log of the same second; Catwalk says there what it refused and why"),
    RESPONSE_BODY_FAILED("can't receive the response body message from tomcat", "The connection ended within a packet",
            "look at Tomcat's log of the same second: it was stopped, or killed"),
    NO_RESPONSE("Tomcat is down or refused connection\\. No response has been sent",
            "No answer came, or none that mod_jk takes; the client "
            + "got 502 if no other member took the request", "the line before it has the reason"),
    PART_OF_RESPONSE("Tomcat is down or network problems\\. Part of the response", "The answer ended in the middle; the client got a part",
            "look at Tomcat's log of the same second"),
    REPLY_TIMEOUT("Timeout with waiting reply from tomcat", "The application took longer than reply_timeout; it may still be at it",
            "worker.NAME.reply_timeout in workers.properties (milliseconds), or make the application faster"),
    SENDING_FAILED("sending request to tomcat failed|failed sending request", "A request could not be sent on this connection",
            "the lines before it have the reason"),
    REUSE_OFF("Reuse is set to false",
            "Tomcat closes the connection after this answer: the connector refused the request (403, 400), it is "
            + "being stopped, or it makes room for others at maxConnections", "look at Tomcat's log; doctor HOST:PORT tells the connector's 403 from the application's"),
    NO_END("did not receive END_RESPONSE", "The answer ended without its end", "the lines before it have the reason"),
    SERVICE_ERROR("Service error=-?\\d+ for worker", "The request failed; the client got an error page of httpd",
            "the lines before it have the reason"),
    FAIL_ON_STATUS("because of response status", "fail_on_status: this status of the application counts as a failure of the worker",
            "worker.NAME.fail_on_status in workers.properties: put a minus before the status (-404) if the worker is to stay in service"),
    CLIENT_GONE("Writing to client aborted|Reading from client aborted|receiving data from client failed|Client connection aborted|"
            + "browser stop sending data", "The browser went away: closed, reloaded, or lost its network", "nothing"),

    // ---- mod_jk: packet sizes

    RESPONSE_TOO_LARGE("wrong message size|Chunk length too large",
            "Tomcat's packets are larger than mod_jk's: packetSize of the AJP Connector is "
            + "larger than max_packet_size",
                    "worker.NAME.max_packet_size in workers.properties: packetSize of the AJP Connector, and restart httpd"),
    REQUEST_TOO_LARGE("check max_packet_size|failed appending the (header value|query string|SSL certificates|message|uri)",
            "A request's headers, or its client certificate, do not fit into one packet; the client got 413 or 400",
            "worker.NAME.max_packet_size=65536 in workers.properties and packetSize=\"65536\" on the AJP Connector"),
    NOT_AJP("wrong message format 0x|received AJP1[34] reply|Unknown AJP protocol code",
            "What answers does not speak AJP: most often Tomcat's HTTP port",
            "worker.NAME.port in workers.properties: the port of the Connector with the AJP protocol"),

    // ---- mod_jk: workers

    NO_WORKER("Could not find a worker for worker name=|Could not find worker with name|did not find a worker",
            "JkMount names a worker that is not in worker.list",
            "worker.list in workers.properties: add the worker's name"),
    ALL_FAILED("All tomcat instances failed|All tomcat instances are busy|all workers are in error state",
            "No member of the balancer could take the request; the client got 503", "the lines before it have the reason for each member"),
    WORKER_FAILED("service failed, worker \\S+ is in", "The balancer takes the member out of service until recover_time is over",
            "the lines before it have the reason"),
    RECOVERY("is marked for (forced )?recovery|will recover in|Forcing recovery", "The balancer tries a failed member again", "nothing"),
    NO_ENDPOINT("Unable to get the free endpoint|could not get free endpoint|Could not get endpoint",
            "Every connection of the pool is in use, for longer than connection_acquire_timeout",
            "worker.NAME.connection_pool_size in workers.properties: ThreadsPerChild of httpd, or leave it out"),
    BUSY_LIMIT("busy limit \\d+ reached", "busy_limit: the worker has as many requests as it may",
            "worker.NAME.busy_limit in workers.properties"),
    SAME_ROUTE("share the same route", "Two members have one route, so that mod_jk does not start",
            "give each its own worker.NAME.route, and its Tomcat the same as jvmRoute"),
    UNSUPPORTED_ATTRIBUTE("The attribute '[^']*' is not supported", "A line of workers.properties has no effect", "correct its spelling"),
    DEPRECATED_ATTRIBUTE("The attribute '[^']*' is deprecated", "A line of workers.properties has a newer name",
            "see mod_jk's reference of workers"),
    DUPLICATE_KEY("Duplicate key '", "A line of workers.properties overwrites an earlier one", "take one of them away"),
    SHARED_MEMORY("Initializing shm:\\S+ errno=", "mod_jk cannot make the file of JkShmFile",
            "JkShmFile in httpd.conf: a place below /run/httpd (Debian: /run/apache2) that httpd may write; with SELinux, restorecon -Rv that directory"),
    STARTED("mod_jk/\\S+ initialized", "mod_jk started", "nothing"),

    // ---- httpd's error log

    PROXY_CONNECT_FAILED("AH00957|AH00896|attempt to connect to", "mod_proxy_ajp cannot connect to Tomcat",
            "doctor HOST:PORT on the web server's host"),
    PROXY_WORKER_DISABLED("AH00959",
            "mod_proxy does not try this Tomcat again until retry= is over (60 s unless said); the client gets 503",
            "mend what the line before it says; retry=5 on ProxyPass shortens the wait"),
    PROXY_CPING("AH00897|AH01012|AH01009|AH01014", "Tomcat took the connection and did not answer a CPING in time",
            "raise maxThreads or maxConnections on the AJP Connector; ping= on ProxyPass is the time"),
    PROXY_RESPONSE_TOO_LARGE("AH01081",
            "Tomcat's packets are larger than httpd's: packetSize of the AJP Connector is larger than ProxyIOBufferSize",
            "ProxyIOBufferSize in httpd.conf: packetSize of the AJP Connector"),
    PROXY_REQUEST_TOO_LARGE("AH03229", "A request's headers do not fit into one packet; the client got 400 or 500",
            "ProxyIOBufferSize 65536 in httpd.conf and packetSize=\"65536\" on the AJP Connector"),
    PROXY_NOT_AJP("AH01080", "What answers does not speak AJP: most often Tomcat's HTTP port", "the port in ajp://HOST:PORT in httpd.conf"),
    PROXY_NO_ANSWER("AH01030|AH01032", "The connection ended before an answer, or the answer took longer than ProxyTimeout",
            "look at Tomcat's log of the same second; ping=1 on ProxyPass finds dead connections before a request is lost"),
    PROXY_FAILED("AH01031|AH00992|AH00878|AH00893|AH00889|AH00868|AH00988|AH0097\\d", "A consequence of the line before it", "see there"),
    PROXY_NO_HANDLER("AH01144", "mod_proxy_ajp is not loaded", "LoadModule proxy_ajp_module modules/mod_proxy_ajp.so in httpd.conf"),
    HTTPD_FORBIDDEN("AH00035|AH00132|AH00529|AH01276",
            "httpd itself answers 403: it may not read a file or directory of its own, Tomcat was not asked",
            "permissions (namei -l FILE), or with SELinux the label: ls -Z FILE, restorecon -Rv DIRECTORY"),
    HTTPD_DENIED("AH01630|AH01797", "httpd itself answers 403: Require (or Allow and Deny) says so, Tomcat was not asked",
            "the Require lines for this path in httpd.conf"),

    // ---- Tomcat's log

    REFUSED_SECRET("SECRET_(MISSING|WRONG|DUPLICATED) from", "The connector refused a request: its secret",
            "write the same secret on both sides"),
    REFUSED_ATTRIBUTE("ATTRIBUTE_NOT_ALLOWED from", "The connector refused a request: an attribute that is not allowed",
            "allowedRequestAttributesPattern on the AJP Connector, or take away JkEnvVar or SetEnv AJP_..."),
    REFUSED_PEER("PEER_NOT_ALLOWED from", "The connector closed a connection: the peer is not in allowedPeers",
            "allowedPeers on the AJP Connector"),
    REFUSED_OTHER("(?<![A-Z_])(?:BAD|DUPLICATE|TOO|PACKET|BODY|RESPONSE|NO|OUT|UNKNOWN|TRUNCATED|TRANSFER|TRAILING)_?[A-Z_]* from \\S+",
            "The connector refused a request", "the line itself says what was found, expected, and what to change");

    private final Pattern pattern;
    private final String meaning;
    private final String cure;

    KnownMessage(String pattern, String meaning, String cure) {
        this.pattern = Pattern.compile(pattern);
        this.meaning = meaning;
        this.cure = cure;
    }

    boolean matches(String line) {
        return pattern.matcher(line).find();
    }

    /** Whether an errno beside it is that of a connection, and not that of a file of httpd's own. */
    boolean isAboutConnection() {
        return this != HTTPD_FORBIDDEN && this != SHARED_MEMORY;
    }

    String meaning() {
        return meaning;
    }

    String cure() {
        return cure;
    }
}
