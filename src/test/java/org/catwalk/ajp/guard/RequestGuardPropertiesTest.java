package org.catwalk.ajp.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import org.catwalk.ajp.config.AjpSettings;
import org.catwalk.ajp.wire.HexFixture;
import org.catwalk.ajp.wire.RequestAttributes;

/** What holds for any bytes at all. */
class RequestGuardPropertiesTest {

    private static final String SECRET = "open-sesame-4711";
    private static final List<byte[]> CAPTURED = HexFixture.all().flatMap(fixture -> fixture.forwardRequests().stream()).toList();

    private final RequestGuard open = guard(AjpSettings.builder().secretRequired(false).unknownAttributes("ignore"));
    private final RequestGuard secured = guard(AjpSettings.builder().secret(SECRET).unknownAttributes("ignore"));

    private static RequestGuard guard(AjpSettings.Builder builder) {
        AjpSettings settings = builder.build();
        return new RequestGuard(settings, new Secrets(settings, null), new AttributePolicy(settings));
    }

    @Property(tries = 2_000)
    void anyBytesAreAdmittedOrRefusedWithALineOfPlainText(@ForAll byte[] bytes) {
        judge(open, bytes);
        judge(secured, bytes);
    }

    @Property(tries = 5_000)
    void damagedRequestsAreAdmittedOrRefusedWithALineOfPlainText(@ForAll("damaged") byte[] bytes) {
        judge(open, bytes);
        assertThat(judge(secured, bytes)).isNotNull();
    }

    @Property(tries = 1_000)
    void nothingIsHandedOnWithoutTheSecret(@ForAll("latin1") String secret) {
        byte[] payload = Requests.get().secret(secret).payload();
        Requests.Recorder recorder = new Requests.Recorder();
        Refusal refusal = secured.admit(payload, 0, payload.length, recorder);
        assertThat(refusal == null).isEqualTo(secret.equals(SECRET));
        assertThat(recorder.fields.isEmpty()).isEqualTo(refusal != null);
    }

    @Property(tries = 1_000)
    void everyAcceptedFieldArrivesAsItWasSent(@ForAll("latin1") String value) {
        byte[] payload = Requests.get().uri("/" + value).header("x-own", value).attribute(RequestAttributes.QUERY_STRING, value).payload();
        Requests.Recorder recorder = new Requests.Recorder();
        Refusal refusal = open.admit(payload, 0, payload.length, recorder);
        boolean clean = value.chars().noneMatch(c -> c < ' ' || c == 0x7F);
        assertThat(refusal == null).isEqualTo(clean);
        if (clean) {
            assertThat(recorder.fields).contains("uri /" + value, "header x-own: " + value, "query_string " + value);
        }
    }

    private static Refusal judge(RequestGuard guard, byte[] bytes) {
        byte[] before = bytes.clone();
        Requests.Recorder recorder = new Requests.Recorder();
        Refusal refusal = guard.admit(bytes, 0, bytes.length, recorder);
        assertThat(recorder.ended).isEqualTo(refusal == null);
        assertThat(guard.detail().isEmpty()).isEqualTo(refusal == null);
        assertThat(guard.detail()).matches("[ -~]*").hasSizeLessThan(1000);
        assertThat(bytes).isEqualTo(before);
        return refusal;
    }

    @Provide
    Arbitrary<byte[]> damaged() {
        return Arbitraries.of(CAPTURED).flatMap(payload -> Arbitraries.integers().between(0, payload.length - 1)
                .flatMap(at -> Arbitraries.bytes().flatMap(value -> Arbitraries.integers().between(1, payload.length)
                        .map(length -> changed(payload, at, value, length)))));
    }

    /** Half of them keep their full length, so that the damage is met at all. */
    private static byte[] changed(byte[] payload, int at, byte value, int length) {
        byte[] damaged = Arrays.copyOf(payload, length % 2 == 0 ? length : payload.length);
        damaged[Math.min(at, damaged.length - 1)] = value;
        return damaged;
    }

    @Provide
    Arbitrary<String> latin1() {
        return Arbitraries.strings().withCharRange(' ', (char) 0xFF).withCharRange('\0', (char) 0x1F).ofMaxLength(20)
                .edgeCases(edges -> edges.add("", SECRET, SECRET + " "));
    }
}
