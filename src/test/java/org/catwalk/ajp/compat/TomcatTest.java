package org.catwalk.ajp.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.lang.reflect.Field;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.servlet.ReadListener;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.net.Acceptor;
import org.apache.tomcat.util.net.NioEndpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** On the version that the connector is compiled against; other tests do the other lines. */
class TomcatTest {

    @Test
    void acceptsTheVersionThatItIsCompiledAgainst() {
        assertThatCode(Tomcat::check).doesNotThrowAnyException();
        assertThat(Tomcat.isSupported()).isTrue();
        assertThat(Tomcat.warning()).isEmpty();
        assertThat(Tomcat.version()).isEqualTo(TomcatVersion.FLOORS.get(0).toString());
    }

    @Test
    void marksTheStartOfARequest() {
        Request request = new Request();
        long before = System.currentTimeMillis();

        Tomcat.markRequestStart(request);

        assertThat(request.getStartTime()).isBetween(before, System.currentTimeMillis());
    }

    @Test
    void readsBackTheMethodThatItSet() {
        Request request = new Request();

        Tomcat.setMethod(request, "PROPFIND");

        assertThat(Tomcat.getMethod(request)).isEqualTo("PROPFIND");
        assertThat(request.method().toString()).isEqualTo("PROPFIND");
    }

    @Test
    void clearsTheMethodWithNull() {
        Request request = new Request();
        assertThat(Tomcat.getMethod(request)).isNull();
        Tomcat.setMethod(request, "GET");

        Tomcat.setMethod(request, null);

        assertThat(Tomcat.getMethod(request)).isNull();
    }

    @Test
    void tellsWhetherAListenerIsRegistered() throws Exception {
        ReadListener listener = new SilentReadListener();
        Request request = new Request();
        register(listener, request);

        assertThat(Tomcat.readListener(new Request())).isNull();
        assertThat(Tomcat.readListener(request)).isSameAs(listener);
        assertThat(Tomcat.writeListener(new Response())).isNull();
    }

    @Test
    void hasNoServletConnectionOnTomcat9() {
        assertThat(Tomcat.servletConnection(null, "ajp", "")).isNull();
    }

    @Test
    void namesServletAttributesAsTomcat9Does() {
        assertThat(Tomcat.servletAttributePrefix()).isEqualTo("javax.servlet.");
        assertThat(Tomcat.tlsAttributeNames())
                .isEqualTo(new TlsAttributeNames(
                        "javax.servlet.request.cipher_suite",
                        "javax.servlet.request.key_size",
                        "javax.servlet.request.X509Certificate",
                        "javax.servlet.request.ssl_session_id",
                        List.of("org.apache.tomcat.util.net.secure_protocol_version")));
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.SECONDS)
    void stopsAnAcceptorWithoutWaitingWhenToldSo() {
        Acceptor<?> acceptor = new Acceptor<>(new NioEndpoint());

        Tomcat.stopAcceptor(acceptor, 0);
        Tomcat.stopAcceptor(acceptor, 1);
    }

    @Test
    void saysWhatIsWrongWithAnUnsupportedHost() {
        Optional<String> problem = Tomcat.problem(Optional.of("8.5.100"), "8.5.100", List.of("a.B.c()"));

        assertThat(problem).hasValueSatisfying(text -> assertThat(text)
                .contains("found version 8.5.100")
                .contains("9.0 from 9.0.90, 10.1 from 10.1.25, 11.0 from 11.0.0")
                .contains("Missing here: a.B.c()")
                .contains("Install a supported Tomcat"));
    }

    @Test
    void refusesALineWithoutServletConnectionEvenIfNothingIsMissing() {
        assertThat(Tomcat.problem(Optional.of("10.0.27"), "10.0.27", List.of())).isPresent();
    }

    @Test
    void letsFeaturesDecideWhenTheVersionIsHidden() {
        assertThat(Tomcat.problem(Optional.empty(), "0.0.0.0", List.of())).isEmpty();
        assertThat(Tomcat.problem(Optional.of("whatever"), "whatever", List.of())).isEmpty();
    }

    @Test
    void warnsOfVersionsThatItIsNotTestedWith() {
        assertThat(Tomcat.warning(Optional.of("9.0.87.redhat-00003"))).hasValueSatisfying(text ->
                assertThat(text).contains("9.0.87.redhat-00003").contains("not tested"));
        assertThat(Tomcat.warning(Optional.of("12.0.0-M1"))).isPresent();
        assertThat(Tomcat.warning(Optional.of("11.0.24"))).isEmpty();
        assertThat(Tomcat.warning(Optional.of("10.1.59"))).isEmpty();
        assertThat(Tomcat.warning(Optional.empty())).isEmpty();
    }

    /** Past setReadListener, which wants a running processor. */
    private static void register(ReadListener listener, Request request) throws ReflectiveOperationException {
        Field field = Request.class.getDeclaredField("listener");
        field.setAccessible(true);
        field.set(request, listener);
    }

    private static final class SilentReadListener implements ReadListener {
        @Override
        public void onDataAvailable() {}

        @Override
        public void onAllDataRead() {}

        @Override
        public void onError(Throwable throwable) {}
    }
}
