package org.catwalk.ajp.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PeerStatisticsTest {

    private static final long NOW_MILLIS = 1_700_000_000_000L;

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final PeerStatistics peers = new PeerStatistics(nanos::get, () -> NOW_MILLIS);

    private void pass(long seconds) {
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    private PeerStatistics.Row row(String peer) {
        return peers.rows().stream().filter(row -> row.peer().equals(peer)).findFirst().orElseThrow();
    }

    @Test
    void tellsWebServersApart() {
        Traffic one = peers.opened("192.0.2.1");
        Traffic again = peers.opened("192.0.2.1");
        Traffic local = peers.opened(null);
        one.countRequest();
        again.countRequest();
        one.countError();
        one.countReceived(100, nanos.get());
        again.countSent(2_000_000_000_000L);
        local.countPing();
        peers.closed(again);

        assertThat(row("192.0.2.1")).isEqualTo(new PeerStatistics.Row("192.0.2.1", 1, 2, 2, 1, 0, 100, 2_000_000_000_000L, NOW_MILLIS));
        assertThat(row("local")).isEqualTo(new PeerStatistics.Row("local", 1, 1, 0, 0, 1, 0, 0, NOW_MILLIS));
    }

    @Test
    void losesNothingOfAConnectionThatEndsAndCountsItOnce() {
        Traffic one = peers.opened("192.0.2.1");
        one.countSent(10);
        peers.closed(one);
        one.countSent(5);
        one.countError();
        peers.closed(one);

        assertThat(row("192.0.2.1")).isEqualTo(new PeerStatistics.Row("192.0.2.1", 0, 1, 0, 1, 0, 0, 15, NOW_MILLIS));
    }

    /** An exchange may go on for a while after its connection has ended. */
    @Test
    void losesNothingOfAWebServerThatHasLostItsRow() {
        Traffic one = peers.opened("192.0.2.1");
        peers.closed(one);
        for (int i = 0; i < PeerStatistics.MAX_PEERS; i++) {
            pass(1);
            peers.opened("198.51.100." + i);
        }
        one.countChunks(2);
        one.countError();

        assertThat(peers.total(Traffic.Item.SEND_BODY_CHUNKS)).isEqualTo(2);
        assertThat(row("others").errors()).isOne();
    }

    @Test
    void addsUpWhatAllConnectionsHaveDone() {
        Traffic open = peers.opened("192.0.2.1");
        Traffic ended = peers.opened("192.0.2.2");
        open.countHead();
        open.countChunks(3);
        ended.countChunks(4);
        peers.closed(ended);
        for (int i = 0; i < PeerStatistics.MAX_PEERS; i++) {
            pass(1);
            peers.closed(peers.opened("198.51.100." + i));
        }

        assertThat(peers.total(Traffic.Item.SEND_HEADERS)).isOne();
        assertThat(peers.total(Traffic.Item.SEND_BODY_CHUNKS)).isEqualTo(7);
    }

    @Test
    void saysWhenAWebServerWasSeenLast() {
        Traffic one = peers.opened("192.0.2.1");
        pass(10);
        one.countReceived(1, nanos.get());
        pass(7);

        assertThat(row("192.0.2.1").seenMillis()).isEqualTo(NOW_MILLIS - 7_000);
    }

    @Test
    void keepsNoMoreThanItMayAndLosesNoCount() {
        for (int i = 0; i < 3 * PeerStatistics.MAX_PEERS; i++) {
            pass(1);
            Traffic peer = peers.opened("198.51.100." + i);
            peer.countRequest();
            peers.closed(peer);
        }

        List<PeerStatistics.Row> rows = peers.rows();
        assertThat(rows).hasSize(PeerStatistics.MAX_PEERS + 1);
        assertThat(rows.get(PeerStatistics.MAX_PEERS).peer()).isEqualTo("others");
        assertThat(rows.get(PeerStatistics.MAX_PEERS).requests()).isEqualTo(2 * PeerStatistics.MAX_PEERS);
        assertThat(rows.stream().mapToLong(PeerStatistics.Row::requests).sum()).isEqualTo(3 * PeerStatistics.MAX_PEERS);
    }

    /** A web server of long standing must not lose its row to whoever comes by. */
    @Test
    void neverForgetsOneThatIsConnected() {
        Traffic standing = peers.opened("192.0.2.1");
        for (int i = 0; i < 2 * PeerStatistics.MAX_PEERS; i++) {
            pass(1);
            peers.closed(peers.opened("198.51.100." + i));
        }
        standing.countRequest();

        assertThat(row("192.0.2.1").requests()).isOne();
    }

    @Test
    void countsNewcomersTogetherWhileAllAreConnected() {
        for (int i = 0; i < PeerStatistics.MAX_PEERS; i++) {
            peers.opened("198.51.100." + i);
        }
        peers.closed(peers.opened("192.0.2.1"));
        peers.opened("192.0.2.2");

        assertThat(row("others").connections()).isEqualTo(2);
        assertThat(row("others").open()).isEqualTo(1);
    }
}
