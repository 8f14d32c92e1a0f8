package org.catwalk.ajp.tool.generate;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Asks for what is needed, with a default for each; asks again until the answer can be used. */
final class Questions {

    private final BufferedReader in;
    private final PrintWriter out;

    Questions(BufferedReader in, PrintWriter out) {
        this.in = in;
        this.out = out;
    }

    /** @return at least one */
    List<TomcatNode> tomcats() throws IOException {
        List<TomcatNode> tomcats = new ArrayList<>();
        tomcats.add(ask("First Tomcat, NAME=HOST:PORT", "tomcat1=127.0.0.1:8009", TomcatNode::parse));
        while (true) {
            TomcatNode next = ask("Another Tomcat, or nothing", "", text -> text.isEmpty() ? null : TomcatNode.parse(text));
            if (next == null) {
                return tomcats;
            }
            tomcats.add(next);
        }
    }

    List<String> words(String question, String ifNothing) throws IOException {
        return ask(question, ifNothing, text -> text.isEmpty() ? List.of() : List.of(text.split("[,\\s]+")));
    }

    int number(String question, int ifNothing) throws IOException {
        return ask(question, Integer.toString(ifNothing), text -> {
            try {
                return Integer.valueOf(text);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("expected a number, found '" + text + "'");
            }
        });
    }

    private <T> T ask(String question, String ifNothing, Function<String, T> read) throws IOException {
        while (true) {
            out.print(question + (ifNothing.isEmpty() ? ": " : " [" + ifNothing + "]: "));
            out.flush();
            String line = in.readLine();
            if (line == null) {
                throw new EOFException("The answers ended before the questions");
            }
            try {
                return read.apply(line.isBlank() ? ifNothing : line.strip());
            } catch (IllegalArgumentException e) {
                out.println(e.getMessage());
            }
        }
    }
}
