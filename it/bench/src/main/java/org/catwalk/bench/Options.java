package org.catwalk.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The command line.
 *
 * @param rows their names, in the order in which they are to be run
 * @param connectors names, the first of which the others are compared with
 * @param definitions of names that are not built in
 * @param add whether rows of an earlier run that are not run again stay in the report
 * @param readme marker in README.md between whose two lines the short table goes; null if it is not to be written
 * @param jdk whose {@code bin/java} runs the servers
 */
record Options(Schedule schedule, List<String> rows, List<String> connectors, List<String> definitions, Path jdk, Path catwalkJar,
        Path results, boolean add, String readme) {

    static final String USAGE = """
            it/bench/run [--quick | --full] [options]

              --quick             3 rounds of 1.5 s, rows that have goals: for development; results go to it/bench/target/results
              --full              5 rounds of 2 s (default); results go to it/bench/results
              --rows A,B          only these rows
              --connectors A,B    of stock, nio2, catwalk, undertow, and what --define adds; the first is what the others are compared
                                  with. Quick: stock,catwalk. Full: stock,nio2,catwalk,undertow.
              --define N=KIND[;jar=PATH][;ATTRIBUTE=VALUE][;-JVM]...
                                  a connector N of that kind with another jar, attributes or JVM arguments; may be given several times
              --jdk PATH          runs the servers; default: the JDK that runs this
              --jar PATH          Catwalk's jar; default: the one in target/
              --rounds N          instead of 3 or 5
              --seconds S         of each round, instead of 1.5 or 2
              --strangers P       repeat rounds during which other processes used more than P percent of the machine;
                                  quick: 100, full: 10
              --results DIR
              --add               keep what other rows have in that directory: a long run in pieces, each of which is paired in itself
              --readme MARKER     put a short table and the charts into README.md, between <!-- MARKER --> and <!-- /MARKER -->
            """;

    static Options parse(String[] arguments, Path repository) {
        if (Arrays.asList(arguments).contains("--help")) {
            throw new IllegalArgumentException("Rows: " + String.join(", ", Rows.all().stream().map(Row::id).toList()));
        }
        boolean quick = Arrays.asList(arguments).contains("--quick");
        Schedule schedule = quick ? Schedule.QUICK : Schedule.FULL;
        List<String> rows = Rows.all().stream().filter(row -> !quick || !row.goals().isEmpty()).map(Row::id).toList();
        List<String> connectors = quick ? List.of("stock", "catwalk") : List.of("stock", "nio2", "catwalk", "undertow");
        List<String> definitions = new ArrayList<>();
        Path jdk = Path.of(System.getProperty("java.home"));
        Path jar = null;
        boolean add = false;
        String readme = null;
        Path results = repository.resolve(quick ? "it/bench/target/results" : "it/bench/results");
        for (int i = 0; i < arguments.length; i++) {
            String option = arguments[i];
            if (option.equals("--quick") || option.equals("--full")) {
                continue;
            }
            if (option.equals("--add")) {
                add = true;
                continue;
            }
            if (i + 1 == arguments.length) {
                throw new IllegalArgumentException("Unknown option, or no value for it: " + option);
            }
            String value = arguments[++i];
            switch (option) {
                case "--rows" -> rows = List.of(value.split(","));
                case "--connectors" -> connectors = List.of(value.split(","));
                case "--define" -> definitions.add(value);
                case "--jdk" -> jdk = Path.of(value).toAbsolutePath();
                case "--jar" -> jar = Path.of(value).toAbsolutePath();
                case "--rounds" -> schedule = schedule.withRounds(Integer.parseInt(value));
                case "--seconds" -> schedule = schedule.withSeconds(Double.parseDouble(value));
                case "--strangers" -> schedule = schedule.withStrangers(Double.parseDouble(value));
                case "--results" -> results = Path.of(value).toAbsolutePath();
                case "--readme" -> readme = value;
                default -> throw new IllegalArgumentException("Unknown option " + option);
            }
        }
        return new Options(schedule, rows, connectors, definitions, jdk, jar != null ? jar : packagedJar(repository.resolve("target")),
                results, add, readme);
    }

    private static Path packagedJar(Path target) {
        java.io.File[] jars = target.toFile().listFiles((directory, name) -> name.matches("catwalk-ajp-[0-9].*\\.jar")
                && !name.matches(".*-(sources|javadoc|tests)\\.jar"));
        if (jars == null || jars.length != 1) {
            throw new IllegalArgumentException("Expected one catwalk-ajp-<version>.jar in " + target + ". Run 'mvn package' or say --jar.");
        }
        return jars[0].toPath();
    }

    /** In the order in which they take turns. */
    List<Contestant> contestants() {
        List<Contestant> contestants = new ArrayList<>();
        for (String name : connectors) {
            contestants.add(definitions.stream().filter(definition -> definition.startsWith(name + "=")).findFirst()
                    .map(definition -> Contestant.defined(definition, catwalkJar)).orElseGet(() -> Contestant.named(name, catwalkJar)));
        }
        return contestants;
    }

    /** Those and, behind them, the built-in ones that do not take part: pieces of a run may differ in who does. */
    List<Contestant> everybody() {
        List<Contestant> everybody = new ArrayList<>(contestants());
        List.of("stock", "nio2", "catwalk", "undertow").stream().filter(name -> !connectors.contains(name))
                .forEach(name -> everybody.add(Contestant.named(name, catwalkJar)));
        return everybody;
    }

    List<Row> chosenRows() {
        List<Row> all = Rows.all();
        return rows.stream().map(id -> all.stream().filter(row -> row.id().equals(id)).findFirst().orElseThrow(
                () -> new IllegalArgumentException("Unknown row " + id + "; there are " + all.stream().map(Row::id).toList()))).toList();
    }
}
