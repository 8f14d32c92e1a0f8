package org.catwalk.ajp.tool.console;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Times as ping(8) takes them, in seconds, or with a unit: 2, 0.5, 500ms, 2s, 1m. */
public final class SecondsConverter implements ITypeConverter<Duration> {

    private static final Pattern TIME = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,3})?)(ms|s|m)?");

    @Override
    public Duration convert(String text) {
        Matcher time = TIME.matcher(text);
        if (!time.matches()) {
            throw new TypeConversionException("expected seconds or a number with ms, s or m, such as 0.5 or 500ms, found '" + text + "'");
        }
        double unitMillis = switch (String.valueOf(time.group(2))) {
            case "ms" -> 1;
            case "m" -> 60_000;
            default -> 1000;
        };
        return Duration.ofMillis(Math.round(Double.parseDouble(time.group(1)) * unitMillis));
    }
}
