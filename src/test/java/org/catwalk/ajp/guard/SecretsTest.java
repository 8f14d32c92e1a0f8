package org.catwalk.ajp.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;

import org.catwalk.ajp.config.AjpSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTest {

    @TempDir
    Path directory;

    private final AtomicLong clock = new AtomicLong(1_000_000);
    private Path file;

    @Test
    void matchesEachValidSecretByPosition() {
        Secrets secrets = secrets(AjpSettings.builder().secret("one").secrets("two,three"));
        assertThat(match(secrets, "one")).isZero();
        assertThat(match(secrets, "two")).isEqualTo(1);
        assertThat(match(secrets, "three")).isEqualTo(2);
        assertThat(match(secrets, "four")).isEqualTo(Secrets.NO_MATCH);
        assertThat(match(secrets, "")).isEqualTo(Secrets.NO_MATCH);
        assertThat(match(secrets, "one,two")).isEqualTo(Secrets.NO_MATCH);
    }

    @Test
    void matchesTheFirstOfTwoThatAreAlike() {
        assertThat(match(secrets(AjpSettings.builder().secret("same").secrets("same")), "same")).isZero();
    }

    @Test
    void matchesNothingWhenThereIsNone() {
        Secrets secrets = secrets(AjpSettings.builder().secretRequired(false));
        assertThat(secrets.isEmpty()).isTrue();
        assertThat(match(secrets, "")).isEqualTo(Secrets.NO_MATCH);
    }

    @Test
    void matchesAnywhereInAPacket() {
        Secrets secrets = secrets(AjpSettings.builder().secret("open-sesame"));
        byte[] packet = "xxopen-sesamexx".getBytes(StandardCharsets.US_ASCII);
        assertThat(secrets.match(packet, 2, 11)).isZero();
        assertThat(secrets.match(packet, 2, 12)).isEqualTo(Secrets.NO_MATCH);
    }

    @Test
    void takesWhateverEncodingTheWebServersFileHas() {
        Secrets secrets = secrets(AjpSettings.builder().secret("pässword").secrets("pass€word"));
        assertThat(match(secrets, "pässword", StandardCharsets.UTF_8)).isZero();
        assertThat(match(secrets, "pässword", StandardCharsets.ISO_8859_1)).isZero();
        assertThat(match(secrets, "pass€word", StandardCharsets.UTF_8)).isEqualTo(1);
        assertThat(match(secrets, "pass?word", StandardCharsets.UTF_8)).isEqualTo(Secrets.NO_MATCH);
    }

    @Test
    void tellsWhichSecretWasUsedHowOftenAndWhen() {
        Secrets secrets = secrets(AjpSettings.builder().secret("new").secrets("old"));
        clock.set(5_000_000);
        match(secrets, "old");
        match(secrets, "wrong");
        clock.set(6_000_000);
        match(secrets, "old");
        assertThat(secrets.uses()).containsExactly(new Secrets.Use(0, "secret", 0, 0), new Secrets.Use(1, "secrets[1]", 2, 6_000_000));
    }

    @Test
    void carriesUsesOverWhenTheSettingsChange() {
        Secrets before = secrets(AjpSettings.builder().secret("old"));
        match(before, "old");
        Secrets after = new Secrets(AjpSettings.builder().secret("new").secrets("old").build(), before, clock::get);
        match(after, "old");
        assertThat(after.uses()).containsExactly(new Secrets.Use(0, "secret", 0, 0), new Secrets.Use(1, "secrets[1]", 2, clock.get()));
    }

    @Test
    void comparesWholeSecretsWhateverTheirLength() {
        for (int length : new int[] {1, 127, 128, 129, 255, 256, 257, 5000}) {
            String secret = "s".repeat(length);
            Secrets secrets = secrets(AjpSettings.builder().secret(secret));
            assertThat(match(secrets, secret)).isZero();
            assertThat(match(secrets, secret + "s")).isEqualTo(Secrets.NO_MATCH);
            assertThat(match(secrets, secret + "\0")).isEqualTo(Secrets.NO_MATCH);
            assertThat(match(secrets, secret.substring(1))).isEqualTo(Secrets.NO_MATCH);
            assertThat(match(secrets, secret.substring(1) + "t")).isEqualTo(Secrets.NO_MATCH);
            assertThat(match(secrets, "t" + secret.substring(1))).isEqualTo(Secrets.NO_MATCH);
            assertThat(match(secrets, secret + secret)).isEqualTo(Secrets.NO_MATCH);
            assertThat(match(secrets, secret + "\0".repeat(128))).isEqualTo(Secrets.NO_MATCH);
        }
    }

    /**
     * A comparison with an early way out, or with a look at the length first, would be a thousand times faster for some of these. They take
     * turns, so that whatever else the machine does slows all of them down.
     */
    @Test
    void takesAsLongWhereverTheSecretDiffersAndHoweverLongItIs() {
        String candidate = "a".repeat(5_000);
        List<Secrets> different = Stream.of(candidate, "b" + candidate.substring(1), candidate.substring(1) + "b", "a", candidate + "a",
                "b".repeat(10_000)).map(secret -> secrets(AjpSettings.builder().secret(secret))).toList();
        byte[] bytes = candidate.getBytes(StandardCharsets.US_ASCII);
        long[][] nanos = new long[different.size()][1_000];
        for (int round = -500; round < 1_000; round++) {
            for (int i = 0; i < different.size(); i++) {
                long begin = System.nanoTime();
                int match = different.get(i).match(bytes, 0, bytes.length);
                nanos[i][Math.max(round, 0)] = System.nanoTime() - begin;
                assertThat(match == 0).isEqualTo(i == 0);
            }
        }
        long[] medians = Stream.of(nanos).mapToLong(each -> LongStream.of(each).sorted().skip(each.length / 2).findFirst().orElseThrow()).toArray();
        assertThat(LongStream.of(medians).max().orElseThrow()).as("medians in ns: %s", Arrays.toString(medians))
                .isLessThan(5 * LongStream.of(medians).min().orElseThrow());
    }

    @Test
    void putsTheFilesSecretsBehindTheOthers() throws IOException {
        Secrets secrets = withFile("# comment\nfrom-file\nsecond\n");
        assertThat(match(secrets, "attribute")).isZero();
        assertThat(match(secrets, "from-file")).isEqualTo(1);
        assertThat(secrets.uses()).extracting(Secrets.Use::source).containsExactly("secret", "secretFile:2", "secretFile:3");
    }

    @Test
    void readsTheFileAgainWhenItChanges() throws IOException {
        Secrets secrets = withFile("old\n");
        rewrite("new\nold\n");
        clock.addAndGet(2_000);
        assertThat(match(secrets, "new")).isEqualTo(1);
        assertThat(match(secrets, "old")).isEqualTo(2);
        rewrite("new\n");
        clock.addAndGet(2_000);
        assertThat(match(secrets, "old")).isEqualTo(Secrets.NO_MATCH);
        assertThat(match(secrets, "new")).isEqualTo(1);
        assertThat(match(secrets, "attribute")).isZero();
    }

    @Test
    void noticesAFileOfTheSameSizeAndTimeThatWasRenamedOverTheOld() throws IOException {
        Secrets secrets = withFile("old\n");
        Path next = Files.writeString(directory.resolve("next"), "new\n");
        Files.setLastModifiedTime(next, Files.getLastModifiedTime(file));
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        clock.addAndGet(2_000);
        assertThat(match(secrets, "new")).isEqualTo(1);
    }

    @Test
    void looksAtTheFileOnceASecondAtMost() throws IOException {
        Secrets secrets = withFile("old\n");
        rewrite("new\n");
        clock.addAndGet(999);
        assertThat(match(secrets, "new")).isEqualTo(Secrets.NO_MATCH);
        clock.addAndGet(1);
        assertThat(match(secrets, "new")).isEqualTo(1);
    }

    @Test
    void keepsCountsOfASecretThatStays() throws IOException {
        Secrets secrets = withFile("stays\n");
        match(secrets, "stays");
        rewrite("# moved\nother\nstays\n");
        clock.addAndGet(2_000);
        match(secrets, "stays");
        assertThat(secrets.uses().get(2)).isEqualTo(new Secrets.Use(2, "secretFile:3", 2, clock.get()));
    }

    @Test
    void keepsWhatItHasWhenTheFileVanishesOrIsEmptied() throws IOException {
        Secrets secrets = withFile("old\n");
        rewrite("");
        clock.addAndGet(2_000);
        assertThat(match(secrets, "old")).isEqualTo(1);
        Files.delete(file);
        clock.addAndGet(2_000);
        assertThat(match(secrets, "old")).isEqualTo(1);
        clock.addAndGet(2_000);
        assertThat(match(secrets, "old")).isEqualTo(1);
        rewrite("new\n");
        clock.addAndGet(2_000);
        assertThat(match(secrets, "old")).isEqualTo(Secrets.NO_MATCH);
        assertThat(match(secrets, "new")).isEqualTo(1);
    }

    /** As when the file is written by root and given to Tomcat's account a moment later, which changes neither its time nor its size. */
    @Test
    void triesAFileThatCouldNotBeUsedAgainThoughItLooksTheSame() throws IOException {
        Secrets secrets = withFile("old\n");
        rewrite("#ew\n");
        clock.addAndGet(2_000);
        assertThat(match(secrets, "old")).isEqualTo(1);

        var time = Files.getLastModifiedTime(file);
        Files.writeString(file, "new\n");
        Files.setLastModifiedTime(file, time);
        clock.addAndGet(2_000);

        assertThat(match(secrets, "new")).isEqualTo(1);
        assertThat(match(secrets, "old")).isEqualTo(Secrets.NO_MATCH);
    }

    private Secrets withFile(String content) throws IOException {
        file = Files.writeString(directory.resolve("secrets"), content);
        return secrets(AjpSettings.builder().secret("attribute").secretFile(file.toString()));
    }

    /** With a time of its own, because two writes in one test may fall into one tick of the file system's clock. */
    private void rewrite(String content) throws IOException {
        Files.writeString(file, content);
        Files.setLastModifiedTime(file, java.nio.file.attribute.FileTime.fromMillis(clock.get() + content.length()));
    }

    private Secrets secrets(AjpSettings.Builder settings) {
        return new Secrets(settings.build(), null, clock::get);
    }

    private static int match(Secrets secrets, String candidate) {
        return match(secrets, candidate, StandardCharsets.UTF_8);
    }

    private static int match(Secrets secrets, String candidate, Charset charset) {
        byte[] bytes = candidate.getBytes(charset);
        return secrets.match(bytes, 0, bytes.length);
    }
}
