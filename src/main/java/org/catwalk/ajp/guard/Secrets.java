package org.catwalk.ajp.guard;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
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
 * <p>A candidate is compared by its digest: SHA-256 over a key that this process drew by lot and the candidate. Every digest of every valid
 * secret is compared completely, whether one has matched already or not, so that the time taken depends on the length of the candidate
 * (which the peer knows) and on nothing that it does not know.
 *
 * <p>A secret that is not plain ASCII is valid as UTF-8 and, if it has that form, as ISO-8859-1: web servers send the bytes of their
 * configuration file, and the stock connector knows only the latter.
 *
 * <p>{@code secretFile} is looked at once a second at most while requests come. A change takes effect with the next request. A file that
 * has vanished or holds nothing usable changes nothing, and a warning says so.
 *
 * <p>Thread-safe; a {@link Matcher} is not.
 */
public final class Secrets {

    /** None of the valid secrets. */
    public static final int NO_MATCH = -1;

    private static final Logger LOG = LoggerFactory.getLogger(Secrets.class);
    private static final long FILE_CHECK_MILLIS = 1_000;
    private static final int DIGEST_BYTES = 32;
    /** One for the process, so that the uses of a secret can be carried over when the settings change. */
    private static final byte[] KEY = randomKey();
    /** Short enough that key, padding and a secret of up to 39 bytes fill one block of SHA-256. */
    private static final int KEY_BYTES = 16;

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
    private volatile Stamp stamp;

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

    private static byte[] randomKey() {
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        return key;
    }

    /** Whether any secret is valid; if not, requests are admitted without one. */
    public boolean isEmpty() {
        return valid.length == 0;
    }

    /** A matcher for one thread at a time. */
    public Matcher matcher() {
        return new Matcher();
    }

    /** The use of every valid secret, by position. */
    public List<Use> uses() {
        List<Use> uses = new ArrayList<>();
        for (Entry entry : valid) {
            uses.add(new Use(uses.size(), entry.source, entry.uses.sum(), entry.lastUsedMillis));
        }
        return uses;
    }

    /** Compares candidates; keeps its digest and buffers so that a comparison allocates nothing. */
    public final class Matcher {

        private final MessageDigest sha256 = newSha256();
        private final byte[] digest = new byte[DIGEST_BYTES];

        private Matcher() {
        }

        /**
         * Finds the valid secret that these bytes are, and counts its use.
         *
         * @return its position, or {@link #NO_MATCH}
         */
        public int match(byte[] array, int offset, int length) {
            readFileIfChanged();
            digest(sha256, array, offset, length, digest);
            Entry[] now = valid;
            int match = NO_MATCH;
            for (int i = 0; i < now.length; i++) {
                // No short cut: both comparisons always run, and the loop always ends.
                boolean utf8 = MessageDigest.isEqual(now[i].digest, digest);
                boolean latin1 = MessageDigest.isEqual(now[i].latin1Digest, digest);
                match = (utf8 | latin1) & match == NO_MATCH ? i : match;
            }
            if (match != NO_MATCH) {
                now[match].used(clockMillis.getAsLong());
            }
            return match;
        }
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
        try {
            Stamp found = Stamp.of(file);
            if (found.equals(stamp)) {
                return;
            }
            // Taken before the file is read, and also if that fails: one warning for each change, not one a second.
            stamp = found;
            SecretFile read = SecretFile.read(file);
            valid = with(read, valid);
            LOG.info("secretFile {} has changed: {} secrets are valid now.", file, valid.length);
            if (read.exposure().isPresent()) {
                LOG.warn(read.exposure().get());
            }
        } catch (IOException e) {
            if (stamp != null) {
                LOG.warn("secretFile {} has changed but cannot be used, so the {} secrets read before remain valid: {}", file, valid.length,
                        e.toString());
            }
            if (!Files.exists(file)) {
                stamp = null;
            }
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
        byte[] utf8 = new byte[DIGEST_BYTES];
        byte[] latin1 = new byte[DIGEST_BYTES];
        byte[] other = latin1(secret);
        digest(newSha256(), secret, 0, secret.length, utf8);
        digest(newSha256(), other, 0, other.length, latin1);
        return new Entry(source, utf8, latin1);
    }

    private static void digest(MessageDigest sha256, byte[] array, int offset, int length, byte[] into) {
        try {
            sha256.update(KEY);
            sha256.update(array, offset, length);
            sha256.digest(into, 0, DIGEST_BYTES);
        } catch (DigestException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] latin1(byte[] utf8) {
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
            return text.chars().allMatch(c -> c <= 0xFF) ? text.getBytes(StandardCharsets.ISO_8859_1) : utf8;
        } catch (CharacterCodingException e) {
            return utf8;
        }
    }

    private static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static final class Entry {

        private final String source;
        private final byte[] digest;
        private final byte[] latin1Digest;
        private final LongAdder uses;
        private volatile long lastUsedMillis;

        Entry(String source, byte[] digest, byte[] latin1Digest) {
            this(source, digest, latin1Digest, new LongAdder(), 0);
        }

        private Entry(String source, byte[] digest, byte[] latin1Digest, LongAdder uses, long lastUsedMillis) {
            this.source = source;
            this.digest = digest;
            this.latin1Digest = latin1Digest;
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
                if (MessageDigest.isEqual(entry.digest, digest)) {
                    return new Entry(source, digest, latin1Digest, entry.uses, entry.lastUsedMillis);
                }
            }
            return this;
        }
    }
}
