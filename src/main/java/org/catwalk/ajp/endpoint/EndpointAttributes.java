package org.catwalk.ajp.endpoint;

import java.nio.channels.SocketChannel;

import org.apache.tomcat.util.net.AbstractEndpoint;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLImplementation;

/**
 * What Tomcat's NIO endpoint lets operators set and monitors read, beside what {@link AbstractEndpoint} has: the properties
 * of the ThreadPool MBean.
 *
 * <p>Tomcat takes every public setter with one parameter for an attribute of the Connector. So a setter belongs here and
 * into the user guide, or gets a name that does not begin with {@code set}.
 */
public abstract class EndpointAttributes extends AbstractEndpoint<SocketChannel, SocketChannel> {

    private static final int STOCK_SNI_PARSE_LIMIT = 64 * 1024;

    private boolean useInheritedChannel;
    private String unixDomainSocketPath;
    private String unixDomainSocketPathPermissions;
    private String unixDomainSocketParentPermissions;
    private String unixDomainSocketParentOwner;
    private int pollerThreadPriority = Thread.NORM_PRIORITY;

    private long selectorTimeout = 1000;
    private String sslImplementationName;
    private int sniParseLimit = STOCK_SNI_PARSE_LIMIT;

    // ------------------------------------------------------------------ where to listen

    public boolean getUseInheritedChannel() {
        return useInheritedChannel;
    }

    /** @param useInheritedChannel whether to listen on the socket that the process got from inetd or systemd */
    public void setUseInheritedChannel(boolean useInheritedChannel) {
        this.useInheritedChannel = useInheritedChannel;
    }

    public String getUnixDomainSocketPath() {
        return unixDomainSocketPath;
    }

    /** @param path of the socket file to listen on instead of a port; null means TCP */
    public void setUnixDomainSocketPath(String path) {
        unixDomainSocketPath = path;
    }

    public String getUnixDomainSocketPathPermissions() {
        return unixDomainSocketPathPermissions;
    }

    /** @param permissions of the socket file, such as {@code rw-rw----}; null leaves what the umask gives */
    public void setUnixDomainSocketPathPermissions(String permissions) {
        unixDomainSocketPathPermissions = permissions;
    }

    public String getUnixDomainSocketParentPermissions() {
        return unixDomainSocketParentPermissions;
    }

    /** @param permissions that the socket file's directory may have at the most, such as {@code rwxr-x---} */
    public void setUnixDomainSocketParentPermissions(String permissions) {
        unixDomainSocketParentPermissions = permissions;
    }

    public String getUnixDomainSocketParentOwner() {
        return unixDomainSocketParentOwner;
    }

    /** @param user who may own the socket file's directory, beside the one who runs Tomcat */
    public void setUnixDomainSocketParentOwner(String user) {
        unixDomainSocketParentOwner = user;
    }

    /** Lets a Connector that does not listen on a port of its own do without the attribute {@code port}. */
    @Override
    public String getId() {
        return useInheritedChannel ? "JVMInheritedChannel" : unixDomainSocketPath;
    }

    // ------------------------------------------------------------------ threads

    /** @return the priority of the event loop's thread; the name is the stock connector's. */
    public int getPollerThreadPriority() {
        return pollerThreadPriority;
    }

    public void setPollerThreadPriority(int priority) {
        pollerThreadPriority = priority;
    }

    /** An attribute of Tomcat 9.0, where it has no effect either. */
    @SuppressWarnings("deprecation")
    public int getAcceptorThreadCount() {
        return 1;
    }

    /** An attribute of Tomcat 9.0, where it has no effect either. */
    public int getPollerThreadCount() {
        return 1;
    }

    // ------------------------------------------------------------------ without effect, for AJP or for this endpoint

    /** @return as configured; without effect, since nothing here is found out by asking again and again. */
    public long getSelectorTimeout() {
        return selectorTimeout;
    }

    public void setSelectorTimeout(long millis) {
        selectorTimeout = millis;
    }

    public String getSslImplementationName() {
        return sslImplementationName;
    }

    public void setSslImplementationName(String className) {
        sslImplementationName = className;
    }

    /** @return null: TLS ends at the web server. */
    public SSLImplementation getSslImplementation() {
        return null;
    }

    public int getSniParseLimit() {
        return sniParseLimit;
    }

    public void setSniParseLimit(int bytes) {
        sniParseLimit = bytes;
    }

    /** Declared by the base class of Tomcat 9.0 only. */
    public boolean isAlpnSupported() {
        return false;
    }

    /** Declared by the base class of Tomcat 9.0 and 10.1 only. */
    public boolean getDeferAccept() {
        return false;
    }

    /** Declared by the base class of Tomcat 9.0 only. */
    protected void setDefaultSslHostConfig(SSLHostConfig sslHostConfig) {
        // TLS ends at the web server.
    }

    /** Abstract in the base class of Tomcat 9.0 and 10.1. */
    protected void createSSLContext(SSLHostConfig sslHostConfig) {
        throw new UnsupportedOperationException("AJP carries no TLS of its own; TLS ends at the web server");
    }
}
