package org.catwalk.ajp.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.servlet.AsyncContext;
import javax.servlet.AsyncEvent;
import javax.servlet.AsyncListener;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Answer;
import org.catwalk.ajp.testing.Reply;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AsyncRequestsTest {

    private static final int THREADS = 4;
    private static final BlockingQueue<AsyncContext> STARTED = new LinkedBlockingQueue<>();
    private static final BlockingQueue<String> EVENTS = new LinkedBlockingQueue<>();

    private static TestServer server;
    private static ExecutorService others;
    private static volatile CyclicBarrier allTogether = new CyclicBarrier(THREADS);

    @BeforeAll
    static void start() {
        others = Executors.newCachedThreadPool();
        server = TestServer.with()
                .attribute("maxThreads", Integer.toString(THREADS))
                .attribute("minSpareThreads", "1")
                .servlet("/hello", (request, response) -> response.getOutputStream().print("hello"))
                .servlet("/hold", (request, response) -> {
                    AsyncContext context = request.startAsync();
                    context.setTimeout(30_000);
                    STARTED.add(context);
                })
                .servlet("/at-once", (request, response) -> {
                    AsyncContext context = request.startAsync();
                    response.getOutputStream().print("at once");
                    context.complete();
                })
                .servlet("/from-another-thread", (request, response) -> {
                    AsyncContext context = request.startAsync();
                    context.start(() -> {
                        print(context, "from another thread");
                        context.complete();
                    });
                })
                .servlet("/dispatch", (request, response) -> {
                    AsyncContext context = request.startAsync();
                    others.execute(() -> context.dispatch("/hello"));
                })
                .servlet("/times-out", (request, response) -> {
                    AsyncContext context = request.startAsync();
                    context.setTimeout(1);
                })
                .servlet("/times-out-and-completes", (request, response) -> {
                    AsyncContext context = request.startAsync();
                    context.addListener(new Completing());
                    context.setTimeout(1);
                })
                .servlet("/throws-in-thread", (request, response) -> {
                    request.startAsync();
                    throw new IOException("after startAsync");
                })
                .servlet("/together", (request, response) -> {
                    try {
                        allTogether.await(20, TimeUnit.SECONDS);
                        response.getOutputStream().print("together");
                    } catch (Exception e) {
                        throw new IOException(e);
                    }
                })
                .start();
    }

    @AfterAll
    static void stop() {
        others.shutdownNow();
        server.close();
    }

    private static void print(AsyncContext context, String text) {
        try {
            context.getResponse().getOutputStream().print(text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Completes on time-out and writes down what it was told. */
    private static final class Completing implements AsyncListener {

        @Override
        public void onComplete(AsyncEvent event) {
            EVENTS.add("complete");
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            EVENTS.add("timeout");
            print(event.getAsyncContext(), "timed out");
            event.getAsyncContext().complete();
        }

        @Override
        public void onError(AsyncEvent event) {
            EVENTS.add("error " + event.getThrowable());
            event.getAsyncContext().complete();
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            EVENTS.add("start");
        }
    }

    private static AsyncContext started() throws InterruptedException {
        AsyncContext context = STARTED.poll(20, TimeUnit.SECONDS);
        assertThat(context).isNotNull();
        return context;
    }

    @Test
    void completesAtOnceLaterAndFromAnotherThread() throws InterruptedException {
        try (AjpClient client = server.connect()) {
            for (int i = 0; i < 20; i++) {
                assertThat(client.exchange(Request.get("/at-once")).text()).isEqualTo("at once");
                assertThat(client.exchange(Request.get("/from-another-thread")).text()).isEqualTo("from another thread");
                assertThat(client.exchange(Request.get("/dispatch")).text()).isEqualTo("hello");
                client.send(Request.get("/hold"));
                AsyncContext context = started();
                print(context, "later");
                context.complete();
                Answer answer = client.answer();
                assertThat(answer.text()).isEqualTo("later");
                assertThat(answer.reuse()).isTrue();
                client.ping();
            }
        }
    }

    @Test
    void aTimeOutIsAnswered() {
        try (AjpClient client = server.connect()) {
            assertThat(client.exchange(Request.get("/times-out")).status()).isEqualTo(500);
        }
        try (AjpClient client = server.connect()) {
            EVENTS.clear();
            assertThat(client.exchange(Request.get("/times-out-and-completes")).text()).isEqualTo("timed out");
            assertThat(EVENTS).containsExactly("timeout", "complete");
            assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
        }
    }

    @Test
    void anExceptionAfterStartAsyncIsACleanError() {
        try (AjpClient client = server.connect()) {
            Answer answer = client.exchange(Request.get("/throws-in-thread"));

            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.isEnded()).isTrue();
        }
    }

    @Test
    void aWebServerThatLeavesMeanwhileIsForgottenWhenTheRequestEnds() throws InterruptedException {
        try (AjpClient client = server.connect()) {
            client.send(Request.get("/hold"));
            AsyncContext context = started();
            client.reset();
            context.complete();
        }
        server.awaitQuiet();
    }

    @Test
    void noRequestThatWaitsHoldsAThread() throws Exception {
        List<AjpClient> waiting = new ArrayList<>();
        List<AsyncContext> contexts = new ArrayList<>();
        try {
            for (int i = 0; i < 3 * THREADS; i++) {
                AjpClient client = server.connect();
                waiting.add(client);
                client.send(Request.get("/hold"));
                contexts.add(started());
            }
            await().untilAsserted(() -> assertThat(server.threadPool("currentThreadsBusy")).isZero());
            assertAllThreadsAreFree();
        } finally {
            contexts.forEach(AsyncContext::complete);
            waiting.forEach(client -> {
                assertThat(client.answer().reuse()).isTrue();
                client.close();
            });
        }
    }

    @Test
    void noRequestThatIsFinishedHoldsAThread() throws Exception {
        List<AjpClient> finished = new ArrayList<>();
        try {
            for (int i = 0; i < THREADS; i++) {
                AjpClient client = server.connect();
                finished.add(client);
                for (String uri : List.of("/at-once", "/from-another-thread", "/dispatch", "/hello")) {
                    assertThat(client.exchange(Request.get(uri)).status()).isEqualTo(200);
                }
            }
            await().untilAsserted(() -> assertThat(server.threadPool("currentThreadsBusy")).isZero());
            assertAllThreadsAreFree();
            finished.forEach(client -> assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello"));
        } finally {
            finished.forEach(AjpClient::close);
        }
    }

    /** As many requests as there are threads can be in a servlet at the same time. */
    private static void assertAllThreadsAreFree() throws Exception {
        allTogether = new CyclicBarrier(THREADS);
        CountDownLatch answered = new CountDownLatch(THREADS);
        for (int i = 0; i < THREADS; i++) {
            others.execute(() -> {
                if (server.get("/together").text().equals("together")) {
                    answered.countDown();
                }
            });
        }
        assertThat(answered.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whatTheWebServerSendsDuringAnAsyncRequestIsTheNextRequest() throws InterruptedException {
        try (AjpClient client = server.connect()) {
            client.send(Request.get("/hold").packet(), Request.cping(), Request.get("/hello").packet());
            AsyncContext context = started();
            print(context, "first");
            context.complete();

            assertThat(client.answer().text()).isEqualTo("first");
            client.next(Reply.Cpong.class);
            assertThat(client.answer().text()).isEqualTo("hello");
        }
    }

    @Test
    void anAsyncCompletionFindsTheThreadThatOnlyWaitsForRequests() throws Exception {
        CountDownLatch letGo = new CountDownLatch(1);
        BlockingQueue<AsyncContext> started = new LinkedBlockingQueue<>();
        CountDownLatch busy = new CountDownLatch(1);
        try (TestServer server = TestServer.with().attribute("maxThreads", "2").attribute("minSpareThreads", "1")
                .servlet("/hello", (request, response) -> response.getOutputStream().print("hello"))
                .servlet("/busy", (request, response) -> {
                    busy.countDown();
                    try {
                        letGo.await(30, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                })
                .servlet("/hold", (request, response) -> started.add(request.startAsync()))
                .start();
                AjpClient one = server.connect(); AjpClient two = server.connect(); AjpClient three = server.connect()) {
            for (int i = 0; i < 200; i++) {
                three.exchange(Request.get("/hello"));
            }
            two.send(Request.get("/hold"));
            AsyncContext context = started.poll(10, TimeUnit.SECONDS);
            one.send(Request.get("/busy"));
            busy.await();
            await().untilAsserted(() -> assertThat(server.threadPool("currentThreadsBusy")).isEqualTo(1));
            long begin = System.nanoTime();
            context.complete();
            Answer answer = two.answer();
            long millis = (System.nanoTime() - begin) / 1_000_000;
            letGo.countDown();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(millis).isLessThan(1500);
            one.answer();
        }
    }
}
