package org.catwalk.ajp.wire;

import java.util.ArrayList;
import java.util.List;

/** Writes down what the parser says, and where in the packet each string's length is. */
final class RecordingSink implements ForwardRequestSink {

    final List<String> events = new ArrayList<>();
    final List<Integer> lengthOffsets = new ArrayList<>();
    boolean ended;

    @Override
    public void begin(int methodCode) {
        events.add("begin " + Hex.code(methodCode));
    }

    @Override
    public void protocol(Span protocol) {
        string("protocol", protocol);
    }

    @Override
    public void requestUri(Span uri) {
        string("requestUri", uri);
    }

    @Override
    public void remoteAddr(Span addr) {
        string("remoteAddr", addr);
    }

    @Override
    public void remoteHost(Span host) {
        string("remoteHost", host);
    }

    @Override
    public void serverName(Span name) {
        string("serverName", name);
    }

    @Override
    public void serverPort(int port) {
        events.add("serverPort " + port);
    }

    @Override
    public void secure(boolean secure) {
        events.add("secure " + secure);
    }

    @Override
    public void headerCount(int count) {
        events.add("headerCount " + count);
    }

    @Override
    public void header(int code, Span name, Span value) {
        if (code == 0) {
            noteOffset(name);
        }
        string("header " + Hex.code(code) + " " + name, value);
    }

    @Override
    public void attribute(int code, Span value) {
        string("attribute " + RequestAttributes.nameOf(code), value);
    }

    @Override
    public void sslKeySize(int bits) {
        events.add("sslKeySize " + bits);
    }

    @Override
    public void requestAttribute(Span name, Span value) {
        noteOffset(name);
        string("requestAttribute " + name, value);
    }

    @Override
    public void end() {
        ended = true;
    }

    private void string(String label, Span value) {
        noteOffset(value);
        events.add(label + " = " + value.text());
    }

    private void noteOffset(Span span) {
        if (!span.isNull()) {
            lengthOffsets.add(span.offset() - 2);
        }
    }
}
