package org.catwalk.ajp.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.catwalk.ajp.config.AjpSettings;
import org.catwalk.ajp.config.GrammarRule;
import org.catwalk.ajp.guard.AttributePolicy;
import org.catwalk.ajp.guard.Refusal;
import org.catwalk.ajp.guard.RequestGuard;
import org.catwalk.ajp.guard.Secrets;
import org.catwalk.ajp.wire.AjpException;
import org.catwalk.ajp.wire.BodyChunk;
import org.catwalk.ajp.wire.ForwardRequestParser;
import org.catwalk.ajp.wire.Packets;
import org.catwalk.ajp.wire.ReencodingSink;
import org.catwalk.ajp.wire.ResponseParser;
import org.catwalk.ajp.wire.SecretScanner;
import org.catwalk.ajp.wire.WireError;

/**
 * One payload, as everything that reads payloads sees it: scanner, parser, guard, body chunks, responses.
 *
 * <p>The first byte of the input says what the rest is: if even the payload itself, else a {@link RequestScript}.
 */
public final class GuardFuzz {

    static final byte RAW = 0;
    static final byte SCRIPT = 1;

    /** Bytes put before and behind the payload, where no reader may look: the right secret, so that looking there pays. */
    private static final byte[] MARGIN = ("\f\0\u0010" + Sesame.RIGHT + "\0\u00ff").getBytes(StandardCharsets.ISO_8859_1);

    private static final int MAX_DETAIL = 1000;

    private static final RequestGuard OPEN = guard(AjpSettings.builder().secretRequired(false));
    private static final RequestGuard STRICT = guard(AjpSettings.builder().secret(Sesame.RIGHT));
    private static final RequestGuard ROTATED =
            guard(AjpSettings.builder().secret("another").secrets(Sesame.RIGHT + ",a third").unknownAttributes("log"));
    private static final RequestGuard RELAXED = guard(AjpSettings.builder().secret(Sesame.RIGHT).maxHeaderCount(-1)
            .allowedRequestAttributesPattern(".*").strict(Stream.of(GrammarRule.values())
                    .map(rule -> "-" + rule.text()).collect(Collectors.joining(",", "all,", ""))));

    private GuardFuzz() {
    }

    private static RequestGuard guard(AjpSettings.Builder builder) {
        AjpSettings settings = builder.build();
        return new RequestGuard(settings, new Secrets(settings, null), new AttributePolicy(settings));
    }

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        check(payload(input));
    }

    /** @throws AssertionError if something does not hold */
    static void check(byte[] payload) {
        readAsForwardRequest(payload);
        readAsBodyChunk(payload);
        readAsResponse(payload);
        judge(payload);
    }

    /** What the readers get of an input. */
    static byte[] payload(byte[] input) {
        Tape tape = new Tape(input);
        if (tape.u8() % 2 == RAW) {
            return tape.rest();
        }
        byte[] packet = RequestScript.packet(tape);
        return Arrays.copyOfRange(packet, Packets.HEADER_BYTES, packet.length);
    }

    /** Accepts only what can be written again byte for byte; scanner and parser find the same fault. */
    private static void readAsForwardRequest(byte[] payload) {
        WireError error = null;
        ReencodingSink sink = new ReencodingSink(payload.length + Packets.HEADER_BYTES);
        try {
            new ForwardRequestParser().parse(payload, 0, payload.length, sink);
            byte[] packet = sink.packet();
            require(Arrays.equals(payload, 0, payload.length, packet, Packets.HEADER_BYTES, packet.length),
                    "The parser overlooked something");
        } catch (AjpException e) {
            error = e.error();
            requireFault(e, payload);
        }
        require(scan(payload) == error, "Scanner and parser differ");
    }

    private static WireError scan(byte[] payload) {
        SecretScanner scanner = new SecretScanner();
        try {
            scanner.scan(payload, 0, payload.length);
            return null;
        } catch (AjpException e) {
            require(scanner.secretCount() == 0 && scanner.secret().isNull(), "A secret was found in a broken packet");
            return e.error();
        }
    }

    private static void readAsBodyChunk(byte[] payload) {
        try {
            int data = BodyChunk.dataLength(payload, 0, payload.length);
            require(data == Math.max(0, payload.length - BodyChunk.PREFIX_BYTES), "A body chunk of " + data + " bytes");
        } catch (AjpException e) {
            requireFault(e, payload);
        }
    }

    private static void readAsResponse(byte[] payload) {
        try {
            new ResponseParser().parse(payload, 0, payload.length, new Responses());
        } catch (AjpException e) {
            requireFault(e, payload);
        }
    }

    private static void requireFault(AjpException e, byte[] payload) {
        require(e.offset() >= 0 && e.offset() <= payload.length, "A fault outside the payload");
        requireLine(e.getMessage(), payload);
    }

    // ---- the guard

    private static void judge(byte[] payload) {
        Judgement open = judge(OPEN, payload);
        Judgement strict = judge(STRICT, payload);
        requireSameWithin(strict, STRICT, payload);
        Judgement rotated = judge(ROTATED, payload);
        Judgement relaxed = judge(RELAXED, payload);
        for (Judgement admitted : List.of(strict, rotated, relaxed)) {
            requireSecret(admitted, payload);
        }
        if (strict.isAdmitted()) {
            require(open.fields.equals(strict.fields), "A secret changed what the application gets");
            require(rotated.fields.equals(strict.fields), "Rotation changed what the application gets");
            require(relaxed.isAdmitted(), "Relaxed rules refused what the strict ones admit: " + relaxed.refusal);
        }
        if (open.isAdmitted() && Sesame.countRight(payload) == 0) {
            require(strict.refusal == Refusal.SECRET_MISSING || strict.refusal == Refusal.SECRET_WRONG, "Without a secret: " + strict.refusal);
        }
    }

    private static Judgement judge(RequestGuard guard, byte[] payload) {
        Judgement judgement = Judgement.of(guard, payload, 0, payload.length);
        require(judgement.detail.isEmpty() == judgement.isAdmitted(), "No line for a refusal, or one for none: " + judgement.detail);
        requireLine(judgement.detail, payload);
        if (judgement.isAdmitted() && guard != RELAXED) {
            judgement.fields.requireStrict(guard.contentLength());
        }
        return judgement;
    }

    /** Judges again, within an array where the bytes around the packet are tempting. */
    private static void requireSameWithin(Judgement alone, RequestGuard guard, byte[] payload) {
        byte[] array = new byte[MARGIN.length + payload.length + MARGIN.length];
        System.arraycopy(MARGIN, 0, array, 0, MARGIN.length);
        System.arraycopy(payload, 0, array, MARGIN.length, payload.length);
        System.arraycopy(MARGIN, 0, array, MARGIN.length + payload.length, MARGIN.length);
        byte[] before = array.clone();
        Judgement within = Judgement.of(guard, array, MARGIN.length, MARGIN.length + payload.length);
        require(Arrays.equals(before, array), "The packet was changed");
        require(within.equals(alone), "Bytes outside the packet were looked at");
    }

    private static void requireSecret(Judgement judgement, byte[] payload) {
        if (judgement.isAdmitted()) {
            require(Sesame.countRight(payload) > 0, "Admitted without the right secret");
        }
        if (judgement.refusal == Refusal.SECRET_MISSING || judgement.refusal == Refusal.SECRET_WRONG
                || judgement.refusal == Refusal.SECRET_DUPLICATED) {
            require(judgement.fields.isEmpty(), "Handed on before the secret was judged");
        }
    }

    private static void requireLine(String detail, byte[] payload) {
        require(detail.chars().allMatch(c -> c >= ' ' && c < 0x7F), "Not one line of plain text: " + detail);
        require(detail.length() < MAX_DETAIL, "Too long a line: " + detail);
        require(!Sesame.isIn(detail) || !Sesame.isOnlySecretInRequest(payload), "The secret is in the line: " + detail);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    /** What a guard said to one payload. */
    private record Judgement(Refusal refusal, String detail, Fields fields) {

        static Judgement of(RequestGuard guard, byte[] array, int from, int to) {
            Fields fields = new Fields();
            Refusal refusal = guard.admit(array, from, to, fields);
            require(fields.isEnded() == (refusal == null), "end() was called for a refused request, or not for an admitted one");
            return new Judgement(refusal, guard.detail(), fields);
        }

        boolean isAdmitted() {
            return refusal == null;
        }
    }
}
