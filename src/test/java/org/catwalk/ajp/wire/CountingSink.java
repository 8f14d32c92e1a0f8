package org.catwalk.ajp.wire;

/** Touches every field, as a real sink would, and keeps none. */
class CountingSink implements ForwardRequestSink {

    long bytes;

    @Override
    public void begin(int methodCode) {
        bytes += methodCode;
    }

    @Override
    public void protocol(Span protocol) {
        bytes += protocol.length();
    }

    @Override
    public void requestUri(Span uri) {
        bytes += uri.length();
    }

    @Override
    public void remoteAddr(Span addr) {
        bytes += addr.length();
    }

    @Override
    public void remoteHost(Span host) {
        bytes += host.length();
    }

    @Override
    public void serverName(Span name) {
        bytes += name.length();
    }

    @Override
    public void serverPort(int port) {
        bytes += port;
    }

    @Override
    public void secure(boolean secure) {
        bytes += secure ? 1 : 0;
    }

    @Override
    public void headerCount(int count) {
        bytes += count;
    }

    @Override
    public void header(int code, Span name, Span value) {
        bytes += name.length() + value.length();
    }

    @Override
    public void attribute(int code, Span value) {
        bytes += value.length();
    }

    @Override
    public void sslKeySize(int bits) {
        bytes += bits;
    }

    @Override
    public void requestAttribute(Span name, Span value) {
        bytes += name.length() + value.length();
    }

    @Override
    public void end() {
        bytes++;
    }
}
