package org.catwalk.ajp.wire;

/**
 * One pass over a forward request that verifies all of its structure and finds the secret, which front ends send behind everything
 * else: so that it can be judged before any other field is looked at. Used again for each packet; not safe for use by several threads.
 */
public final class SecretScanner {

    private final ForwardRequestParser parser = new ForwardRequestParser();
    private final Span secret = new Span();
    private final ForwardRequestSink finder = new Finder();
    private int secretCount;

    /**
     * @param array holds the packet; not modified
     * @param from the payload's first byte, the type
     * @param to behind the payload's last byte
     * @throws AjpException as {@link ForwardRequestParser#parse}; there is no secret then
     */
    public void scan(byte[] array, int from, int to) throws AjpException {
        reset();
        boolean wellFormed = false;
        try {
            parser.parse(array, from, to, finder);
            wellFormed = true;
        } finally {
            if (!wellFormed) {
                reset();
            }
        }
    }

    /** Forgets the secret and the packet that it points into. */
    public void reset() {
        secretCount = 0;
        secret.setNull();
    }

    /** @return how many secrets the last packet had; more than one is nothing that a front end sends */
    public int secretCount() {
        return secretCount;
    }

    /** @return the first secret, valid until the next scan or until the packet is recycled; the null string if there is none */
    public Span secret() {
        return secret;
    }

    private final class Finder implements ForwardRequestSink {

        @Override
        public void attribute(int code, Span value) {
            if (code == RequestAttributes.SECRET) {
                if (secretCount == 0 && !value.isNull()) {
                    secret.wrap(value.array(), value.offset(), value.length());
                }
                secretCount++;
            }
        }

        @Override
        public void begin(int methodCode) {
        }

        @Override
        public void protocol(Span protocol) {
        }

        @Override
        public void requestUri(Span uri) {
        }

        @Override
        public void remoteAddr(Span addr) {
        }

        @Override
        public void remoteHost(Span host) {
        }

        @Override
        public void serverName(Span name) {
        }

        @Override
        public void serverPort(int port) {
        }

        @Override
        public void secure(boolean secure) {
        }

        @Override
        public void headerCount(int count) {
        }

        @Override
        public void header(int code, Span name, Span value) {
        }

        @Override
        public void sslKeySize(int bits) {
        }

        @Override
        public void requestAttribute(Span name, Span value) {
        }

        @Override
        public void end() {
        }
    }
}
