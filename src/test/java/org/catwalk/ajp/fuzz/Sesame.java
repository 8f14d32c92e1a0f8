package org.catwalk.ajp.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.catwalk.ajp.wire.AjpException;
import org.catwalk.ajp.wire.ForwardRequestParser;
import org.catwalk.ajp.wire.ForwardRequestSink;
import org.catwalk.ajp.wire.Packets;
import org.catwalk.ajp.wire.RequestAttributes;
import org.catwalk.ajp.wire.Span;

/** The secrets that travel while fuzzing, and how to see one where it must not be. */
final class Sesame {

    /** The one that opens. */
    static final String RIGHT = "open-sesame-4711";
    /** One that does not. */
    static final String WRONG = "shut-sesame-0815";

    /** Stands in both, and in nothing else that the corpus holds. */
    private static final String WORD = "sesame";
    private static final byte[] WORD_BYTES = WORD.getBytes(StandardCharsets.US_ASCII);
    private static final byte[] RIGHT_BYTES = RIGHT.getBytes(StandardCharsets.US_ASCII);
    /** Bytes of a secret attribute before its text: the code and the length. */
    private static final int PREFIX = 3;

    private Sesame() {
    }

    /** Whether a text that others may read gives any of a secret away. */
    static boolean isIn(String text) {
        return text.contains(WORD);
    }

    /**
     * Whether the secrets in these bytes are secrets to the connector too, all of them. The fuzzer may put the same text into a header, say:
     * then it may be logged.
     */
    static boolean isOnlySecretIn(byte[] sent) {
        for (int i = 0; i <= sent.length - WORD_BYTES.length; i++) {
            if (matches(sent, i, WORD_BYTES) && !isInSecretAttribute(sent, i)) {
                return false;
            }
        }
        int from = 0;
        while (from + Packets.HEADER_BYTES <= sent.length) {
            int to = from + Packets.HEADER_BYTES + Wire.uint16(sent, from + 2);
            if (to > sent.length || !isOnlySecretInRequest(Arrays.copyOfRange(sent, from + Packets.HEADER_BYTES, to))) {
                return to > sent.length;
            }
            from = to;
        }
        return true;
    }

    /** As {@link #isOnlySecretIn}, for the payload of a forward request. One that cannot be read has no fields that could be logged. */
    static boolean isOnlySecretInRequest(byte[] payload) {
        Texts texts = new Texts();
        try {
            new ForwardRequestParser().parse(payload, 0, payload.length, texts);
        } catch (AjpException e) {
            return true;
        }
        return !texts.found;
    }

    private static boolean isInSecretAttribute(byte[] sent, int word) {
        for (int text = word; text >= PREFIX && text > word - RIGHT_BYTES.length; text--) {
            int length = Wire.uint16(sent, text - 2);
            if (sent[text - PREFIX] == RequestAttributes.SECRET && length >= word + WORD_BYTES.length - text && length <= 0xFF) {
                return true;
            }
        }
        return false;
    }

    /** How often the right secret stands in these bytes, as the attribute and nothing else. */
    static int countRight(byte[] sent) {
        int count = 0;
        for (int i = PREFIX; i < sent.length - RIGHT_BYTES.length; i++) {
            if (sent[i - PREFIX] == RequestAttributes.SECRET && sent[i - 2] == 0 && sent[i - 1] == RIGHT_BYTES.length
                    && matches(sent, i, RIGHT_BYTES) && sent[i + RIGHT_BYTES.length] == 0) {
                count++;
            }
        }
        return count;
    }

    private static boolean matches(byte[] bytes, int from, byte[] word) {
        for (int i = 0; i < word.length; i++) {
            if (bytes[from + i] != word[i]) {
                return false;
            }
        }
        return true;
    }

    /** Looks into all texts of a request but the secrets. */
    private static final class Texts implements ForwardRequestSink {

        private boolean found;

        private void look(Span text) {
            found |= isIn(text.toString());
        }

        @Override
        public void begin(int methodCode) {
            // No text.
        }

        @Override
        public void protocol(Span protocol) {
            look(protocol);
        }

        @Override
        public void requestUri(Span uri) {
            look(uri);
        }

        @Override
        public void remoteAddr(Span addr) {
            look(addr);
        }

        @Override
        public void remoteHost(Span host) {
            look(host);
        }

        @Override
        public void serverName(Span name) {
            look(name);
        }

        @Override
        public void serverPort(int port) {
            // No text.
        }

        @Override
        public void secure(boolean secure) {
            // No text.
        }

        @Override
        public void headerCount(int count) {
            // No text.
        }

        @Override
        public void header(int code, Span name, Span value) {
            look(name);
            look(value);
        }

        @Override
        public void attribute(int code, Span value) {
            if (code != RequestAttributes.SECRET) {
                look(value);
            }
        }

        @Override
        public void sslKeySize(int bits) {
            // No text.
        }

        @Override
        public void requestAttribute(Span name, Span value) {
            look(name);
            look(value);
        }

        @Override
        public void end() {
            // Nothing is left to look into.
        }
    }
}
