package org.catwalk.ajp.guard;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

import org.catwalk.ajp.config.AjpSettings;
import org.catwalk.ajp.config.SecretFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The secrets that are valid now, and how often and when each was used last.
 *
 * <p>A candidate is compared with every form of every valid secret, each time over the whole length of the candidate, whether one has
 * matched already or not. So the time taken depends on the length of the candidate and on the number of secrets, and on neither the
 * length nor the content of a secret.
 *
 * <p>A secret that is not plain ASCII is valid as UTF-8 and, if it has that form, as ISO-8859-1: web servers send the bytes of their
 * configuration file, and the stock connector knows only the latter.
 *
 * <p>{@code secretFile} is looked at once a second at most while requests come. A change takes effect with the next request. A file that
 * has vanished or holds nothing usable changes nothing, and a warning says so.
 *
 * <p>Thread-safe. A comparison allocates nothing.
 */
public final class Secrets {

    /** None of the valid secrets. */
    public static final int NO_MATCH = -1;

    private static final Logger LOG = LoggerFactory.getLogger(Secrets.class);
    private static final long FILE_CHECK_MILLIS = 1_000;
    private static final Stamp MISSING = new Stamp(0, -1, null);

    /**
     * How one secret was used.
     *
     * @param position from 0, in the order secret, secrets, secretFile
     * @param source where it is configured, such as {@code secrets[2]} or {@code secretFile:3}; never the secret
     * @param uses requests with it since it became valid
     * @param lastUsedMillis epoch milliseconds of the latest; 0 if none
     */
    public record Use(int position, String source, long uses, long lastUsedMillis) {
    }

    private final List<Entry> configured;
    private final Path file;
    private final LongSupplier clockMillis;
    private final AtomicLong nextCheckMillis;

    private volatile Entry[] valid;
    /** Of the file as it was read last; null if it has to be read whatever it looks like. Guarded by this, as is the next one. */
    private Stamp stamp;
    /** Of the file that could not be used, about which a warning has been written; null if there is none. */
    private Stamp failed;

    /**
     * @param before the secrets of the settings before these, whose counts go on; null if there were none
     * @param clockMillis epoch milliseconds
     * @throws IllegalArgumentException if {@code secretFile} can no longer be read
     */
    Secrets(AjpSettings settings, Secrets before, LongSupplier clockMillis) {
        Entry[] known = before == null ? new Entry[0] : before.valid;
        this.clockMillis = clockMillis;
        configured = configured(settings, known);
        file = settings.secretFile().orElse(null);
        nextCheckMillis = new AtomicLong(clockMillis.getAsLong() + FILE_CHECK_MILLIS);
        if (file == null) {
            valid = configured.toArray(Entry[]::new);
            return;
        }
        try {
            // The stamp first: if the file changes in between, the next check sees it.
            stamp = Stamp.of(file);
            valid = with(SecretFile.read(file), known);
        } catch (IOException e) {
            throw new IllegalArgumentException("secretFile=\"" + file + "\" on the AJP Connector: " + e.getMessage(), e);
        }
    }

    /**
     * @param before the secrets of the settings before these, whose counts go on; null if there were none
     * @throws IllegalArgumentException if {@code secretFile} can no longer be read
     */
    public Secrets(AjpSettings settings, Secrets before) {
        this(settings, before, System::currentTimeMillis);
    }

    /** Whether any secret is valid; if not, requests are admitted without one. */
    public boolean isEmpty() {
        return valid.length == 0;
    }

    /** The use of every valid secret, by position. */
    public List<Use> uses() {
        List<Use> uses = new ArrayList<>();
        for (Entry entry : valid) {
            uses.add(new Use(uses.size(), entry.source, entry.uses.sum(), entry.lastUsedMillis));
        }
        return uses;
    }

    /**
     * Finds the valid secret that these bytes are, and counts its use.
     *
     * @return its position, or {@link #NO_MATCH}
     */
    public int match(byte[] array, int offset, int length) {
        readFileIfChanged();
        Entry[] now = valid;
        int match = NO_MATCH;
        for (int i = 0; i < now.length; i++) {
            // No short cut: both forms are always compared, and the loop always ends.
            boolean equal = now[i].utf8.equals(array, offset, length) | now[i].latin1.equals(array, offset, length);
            match = equal & match == NO_MATCH ? i : match;
        }
        if (match != NO_MATCH) {
            now[match].used(clockMillis.getAsLong());
        }
        return match;
    }

    // ---- the file

    private void readFileIfChanged() {
        if (file == null) {
            return;
        }
        long now = clockMillis.getAsLong();
        long due = nextCheckMillis.get();
        if (now >= due && nextCheckMillis.compareAndSet(due, now + FILE_CHECK_MILLIS)) {
            readFile();
        }
    }

    private synchronized void readFile() {
        Stamp found = null;
        try {
            found = Stamp.of(file);
            if (found.equals(stamp)) {
                return;
            }
            SecretFile read = SecretFile.read(file);
            valid = with(read, valid);
            stamp = found;
            failed = null;
            LOG.info("secretFile {} has changed: {} secrets are valid now.", file, valid.length);
            if (read.exposure().isPresent()) {
                LOG.warn(read.exposure().get());
            }
        } catch (IOException e) {
            onUnusable(found == null ? MISSING : found, e);
        }
    }

    /** It is tried again each second, since chown and chmod leave no trace in the stamp; the warning comes once for each change. */
    private void onUnusable(Stamp found, IOException e) {
        // Whatever is there next is read, even if it looks as what was read last.
        stamp = null;
        if (!found.equals(failed)) {
            failed = found;
            LOG.warn("secretFile {} has changed but cannot be used, so the {} secrets read before remain valid: {}", file, valid.length,
                    e.toString());
        }
    }

    /** The configured secrets and those of the file; one that was valid before keeps its counts. */
    private Entry[] with(SecretFile read, Entry[] before) {
        List<Entry> all = new ArrayList<>(configured);
        for (SecretFile.Entry line : read.entries()) {
            all.add(entry("secretFile:" + line.line(), line.secret()).withCountsOf(before));
        }
        return all.toArray(Entry[]::new);
    }

    /** What tells two states of the file apart; the key (inode) catches a file that another one was renamed over. */
    private record Stamp(long modifiedNanos, long size, Object fileKey) {

        static Stamp of(Path file) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Stamp(attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS), attributes.size(),
                    attributes.fileKey());
        }
    }

    // ---- one secret

    private static List<Entry> configured(AjpSettings settings, Entry[] before) {
        List<byte[]> secrets = settings.secrets();
        List<String> sources = settings.secretSources();
        return IntStream.range(0, secrets.size()).mapToObj(i -> entry(sources.get(i), secrets.get(i)).withCountsOf(before))
                .toList();
    }

    private static Entry entry(String source, byte[] secret) {
        return new Entry(source, new Form(secret), new Form(latin1(secret)));
    }

    private static byte[] latin1(byte[] utf8) {
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
            return text.chars().allMatch(c -> c <= 0xFF) ? text.getBytes(StandardCharsets.ISO_8859_1) : utf8;
        } catch (CharacterCodingException e) {
            return utf8;
        }
    }

    /** The bytes of a secret in one encoding, padded so that any index can be masked instead of checked. */
    private static final class Form {

        /** So large that hardly any secret is longer, and all are laid out alike. */
        private static final int MIN_PADDED_BYTES = 128;

        private final byte[] padded;
        private final int length;

        Form(byte[] secret) {
            int size = MIN_PADDED_BYTES;
            while (size < secret.length) {
                size *= 2;
            }
            padded = Arrays.copyOf(secret, size);
            length = secret.length;
        }

        /** Takes the same steps for every secret: their number is the candidate's length, which its sender knows. */
        boolean equals(byte[] array, int offset, int candidateLength) {
            int mask = padded.length - 1;
            int difference = length ^ candidateLength;
            for (int i = 0; i < candidateLength; i++) {
                difference |= array[offset + i] ^ padded[i & mask];
            }
            return difference == 0;
        }

        boolean isSame(Form other) {
            return other.equals(padded, 0, length);
        }
    }

    private static final class Entry {

        private final String source;
        private final Form utf8;
        private final Form latin1;
        private final LongAdder uses;
        private volatile long lastUsedMillis;

        Entry(String source, Form utf8, Form latin1) {
            this(source, utf8, latin1, new LongAdder(), 0);
        }

        private Entry(String source, Form utf8, Form latin1, LongAdder uses, long lastUsedMillis) {
            this.source = source;
            this.utf8 = utf8;
            this.latin1 = latin1;
            this.uses = uses;
            this.lastUsedMillis = lastUsedMillis;
        }

        void used(long nowMillis) {
            uses.increment();
            if (lastUsedMillis < nowMillis) {
                lastUsedMillis = nowMillis;
            }
        }

        Entry withCountsOf(Entry[] before) {
            for (Entry entry : before) {
                if (entry.utf8.isSame(utf8)) {
                    return new Entry(source, utf8, latin1, entry.uses, entry.lastUsedMillis);
                }
            }
            return this;
        }
    }
}
