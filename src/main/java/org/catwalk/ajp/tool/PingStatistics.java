package org.catwalk.ajp.tool;

import java.time.Duration;
import java.util.Locale;

/** Sums as ping(8) shows them. Not safe for use by several threads. */
final class PingStatistics {

    private int sent;
    private int answered;
    private double minMillis = Double.POSITIVE_INFINITY;
    private double maxMillis;
    private double sumMillis;
    private double sumOfSquares;

    void answered(Duration time) {
        double millis = time.toNanos() / 1e6;
        sent++;
        answered++;
        minMillis = Math.min(minMillis, millis);
        maxMillis = Math.max(maxMillis, millis);
        sumMillis += millis;
        sumOfSquares += millis * millis;
    }

    void lost() {
        sent++;
    }

    int sent() {
        return sent;
    }

    int answered() {
        return answered;
    }

    /** Such as "5 sent, 4 answered, 20% loss". */
    String counts() {
        return String.format(Locale.ROOT, "%d sent, %d answered, %.3g%% loss", sent, answered, lossPercent())
                .replaceFirst("(\\.\\d*?)0+%", "$1%").replace(".%", "%");
    }

    private double lossPercent() {
        return sent == 0 ? 0 : 100.0 * (sent - answered) / sent;
    }

    /** Such as "rtt min/avg/max/mdev = 0.201/0.310/0.522/0.104 ms"; only if something was answered. */
    String times() {
        double mean = sumMillis / answered;
        double deviation = Math.sqrt(Math.max(0, sumOfSquares / answered - mean * mean));
        return String.format(Locale.ROOT, "rtt min/avg/max/mdev = %.3f/%.3f/%.3f/%.3f ms", minMillis, mean, maxMillis, deviation);
    }
}
