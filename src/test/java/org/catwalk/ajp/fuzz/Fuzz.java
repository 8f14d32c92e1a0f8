package org.catwalk.ajp.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.code_intelligence.jazzer.Jazzer;

/**
 * Runs one target under Jazzer, in this process, and ends it with Jazzer's status: 0 if nothing was found.
 *
 * <pre>
 *   Fuzz (guard|connection) DIRECTORY [options of Jazzer or libFuzzer, such as -runs=1000000 or -max_total_time=600]
 * </pre>
 *
 * DIRECTORY keeps the corpus, to which every run adds, and the inputs that failed.
 */
public final class Fuzz {

    private static final String TESTS = Fuzz.class.getPackageName() + ".**:org.catwalk.ajp.testing.**";

    /** The web server's side, whose coverage is of no interest. */
    private static final String CLIENTS = Stream.of("ForwardRequestWriter", "PacketWriter", "ReencodingSink", "HexFixture")
            .map(name -> "org.catwalk.ajp.wire." + name).collect(Collectors.joining(":"));

    /** Jazzer's own detectors: what they look for nobody does here, they take seconds to load, and one takes our client for an attack. */
    private static final List<String> SANITIZERS = List.of("ClojureLangHooks", "Deserialization", "ExpressionLanguageInjection",
            "FilePathTraversal", "LdapInjection", "NamingContextLookup", "OsCommandInjection", "ReflectiveCall", "RegexInjection",
            "RegexRoadblocks", "ScriptEngineInjection", "ServerSideRequestForgery", "SqlInjection", "UnsafeSanitizer", "XPathInjection");

    private Fuzz() {
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length < 2) {
            throw new IllegalArgumentException("Expected guard or connection, and a directory");
        }
        boolean guard = args[0].equals("guard");
        Path directory = Path.of(args[1]).resolve(args[0]).toAbsolutePath();
        Path corpus = Files.createDirectories(directory.resolve("corpus"));
        Path seeds = directory.resolve("seeds");
        Path dictionary = directory.resolve("dictionary");
        Seeds.write(seeds, guard ? Seeds.guard() : Seeds.connection());
        Files.write(dictionary, Seeds.dictionary());
        List<String> options = new ArrayList<>(List.of(
                "--target_class=" + (guard ? GuardFuzz.class : ConnectionFuzz.class).getName(),
                "--instrumentation_includes=org.catwalk.ajp.**",
                "--instrumentation_excludes=" + TESTS + ":" + CLIENTS + ":org.catwalk.ajp.relocated.**",
                "--custom_hook_includes=org.catwalk.ajp.**",
                "--disabled_hooks=" + sanitizers(),
                "--reproducer_path=" + directory,
                "-artifact_prefix=" + directory + "/",
                "-dict=" + dictionary,
                "-max_len=4096",
                "-timeout=60",
                "-rss_limit_mb=0",
                "-print_final_stats=1"));
        options.addAll(List.of(args).subList(2, args.length));
        options.add(corpus.toString());
        options.add(seeds.toString());
        Jazzer.main(options.toArray(String[]::new));
    }

    private static String sanitizers() {
        return SANITIZERS.stream().map(name -> "com.code_intelligence.jazzer.sanitizers." + name).collect(Collectors.joining(":"));
    }
}
