package org.catwalk.ajp.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Gives inputs to a target, without Jazzer: {@code Replay (guard|connection) (FILE|DIRECTORY) [times]}. What depends on time may need many
 * times.
 */
public final class Replay {

    private Replay() {
    }

    public static void main(String[] args) throws IOException {
        boolean guard = args[0].equals("guard");
        int times = args.length > 2 ? Integer.parseInt(args[2]) : 1;
        List<Path> files;
        try (Stream<Path> all = Files.walk(Path.of(args[1]))) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        if (!guard) {
            ConnectionFuzz.fuzzerInitialize();
        }
        try {
            for (Path file : files) {
                byte[] input = Files.readAllBytes(file);
                for (int i = 0; i < times; i++) {
                    play(guard, input);
                }
            }
        } finally {
            if (!guard) {
                ConnectionFuzz.fuzzerTearDown();
            }
        }
        System.out.println("Nothing was found in " + files.size() + " inputs, each " + times + " times");
    }

    private static void play(boolean guard, byte[] input) {
        if (guard) {
            GuardFuzz.fuzzerTestOneInput(input);
        } else {
            ConnectionFuzz.fuzzerTestOneInput(input);
        }
    }
}
