package org.catwalk.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.catwalk.it.harness.Client;
import org.catwalk.it.harness.Difference;
import org.catwalk.it.harness.FrontEnd;
import org.catwalk.it.harness.Mount;
import org.catwalk.it.harness.RawConnection;
import org.catwalk.it.harness.TestBed;

/** No connection keeps a thread between two requests (promise 16), on a connector with maxThreads=4. */
@Scenarios
class ThreadsTest {

    private static final int MAX_THREADS = 4;

    private final TestBed bed;

    ThreadsTest(TestBed bed) {
        this.bed = bed;
    }

    @EachFrontEnd
    void leavesThreadsFreeAfterSynchronousRequests(FrontEnd frontEnd) throws Exception {
        assertFreeAfterFourOf(frontEnd, "/app/echo");
    }

    @EachFrontEnd
    @UnlikeStock(Difference.THREAD_AFTER_ASYNC)
    void leavesThreadsFreeAfterAsynchronousRequests(FrontEnd frontEnd) throws Exception {
        assertFreeAfterFourOf(frontEnd, "/app/async?how=complete");
    }

    @EachFrontEnd
    @UnlikeStock(Difference.THREAD_AFTER_ASYNC)
    void leavesThreadsFreeAfterDispatchedRequests(FrontEnd frontEnd) throws Exception {
        assertFreeAfterFourOf(frontEnd, "/app/async?how=dispatch");
    }

    @EachFrontEnd
    @UnlikeStock(Difference.THREAD_AFTER_ASYNC)
    void leavesThreadsFreeAfterNonBlockingWrites(FrontEnd frontEnd) throws Exception {
        assertFreeAfterFourOf(frontEnd, "/app/non-blocking/download?size=100000");
    }

    /** Four requests at the same time, so that the front end opens four AJP connections and keeps them. */
    private void assertFreeAfterFourOf(FrontEnd frontEnd, String path) throws Exception {
        URI uri = bed.at(frontEnd, Mount.FOUR_THREADS, path);
        List<RawConnection> connections = new ArrayList<>();
        try {
            for (int i = 0; i < MAX_THREADS; i++) {
                connections.add(RawConnection.to(uri).request("GET", uri));
            }
            for (RawConnection connection : connections) {
                assertThat(connection.readReply().status()).isEqualTo(200);
            }
            Awaitility.await().untilAsserted(() -> assertThat(threadPool("currentThreadsBusy")).isZero());
            assertThat(threadPool("connectionCount")).isPositive();
            for (RawConnection connection : connections) {
                URI echo = bed.at(frontEnd, Mount.FOUR_THREADS, "/app/echo");
                assertThat(connection.request("GET", echo).readReply().status()).isEqualTo(200);
            }
        } finally {
            for (RawConnection connection : connections) {
                connection.close();
            }
        }
    }

    private long threadPool(String attribute) {
        return ((Number) bed.tomcat().jmx().attribute(bed.tomcat().threadPoolBean(Mount.FOUR_THREADS.connector()), attribute))
                .longValue();
    }
}
