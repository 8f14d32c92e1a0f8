package org.catwalk.ajp.processor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.tomcat.util.buf.MessageBytes;
import org.apache.tomcat.util.http.parser.Host;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The container's own parser is asked for what is not plain, and agrees on what is. */
class HostCheckTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "www.example.test", "www.example.test:8080", "10.0.0.7:80", "256.1.1.1", "trailing.", "trailing.:80", "empty:",
        "with-hyphen.test", "[::1]", "[::1]:443"})
    void acceptsHosts(String host) {
        assertThat(HostCheck.isAcceptable(bytes(host))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"under_score", "www.exa+ple.test", "a..b", ".a", ":80", "-a", "a-", "a.-b", "a:b", "[::1", "[1:2]", "%41"})
    void refusesWhatTheContainerDoesNotTake(String host) {
        assertThat(HostCheck.isAcceptable(bytes(host))).isFalse();
    }

    @Test
    void acceptsNoHostAndAnEmptyOne() {
        assertThat(HostCheck.isAcceptable(null)).isTrue();
        assertThat(HostCheck.isAcceptable(bytes(""))).isTrue();
    }

    @Property(tries = 5_000)
    void agreesWithTheContainer(@ForAll("hosts") String host) {
        assertThat(HostCheck.isAcceptable(bytes(host))).isEqualTo(isParsed(host));
    }

    private static boolean isParsed(String host) {
        try {
            Host.parse(bytes(host));
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Provide
    Arbitrary<String> hosts() {
        return Arbitraries.strings().withChars("ab019.-_:[]%+").ofMinLength(1).ofMaxLength(8);
    }

    private static MessageBytes bytes(String host) {
        byte[] bytes = host.getBytes(StandardCharsets.US_ASCII);
        MessageBytes value = MessageBytes.newInstance();
        value.setBytes(bytes, 0, bytes.length);
        return value;
    }
}
