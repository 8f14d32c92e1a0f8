package org.catwalk.ajp.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.servlet.AsyncContext;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.apache.catalina.Engine;
import org.apache.catalina.Lifecycle;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.core.JreMemoryLeakPreventionListener;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.core.ThreadLocalLeakPreventionListener;
import org.apache.catalina.startup.Tomcat;
import org.catwalk.ajp.testing.AjpClient;
import org.catwalk.ajp.testing.Request;
import org.catwalk.ajp.testing.TestServer;
import org.junit.jupiter.api.Test;

/** Web applications come and go while the connector stays. */
class ReloadTest {

    private static TestServer.Builder builder() {
        return TestServer.with()
                .context(context -> {
                    // At each start, since a reload forgets what was added by hand.
                    context.addLifecycleListener(event -> {
                        if (Lifecycle.CONFIGURE_START_EVENT.equals(event.getType())) {
                            Tomcat.addServlet(context, "hello", new Hello()).setAsyncSupported(true);
                            context.addServletMappingDecoded("/hello", "hello");
                        }
                    });
                    var service = ((Engine) context.getParent().getParent()).getService();
                    service.getServer().addLifecycleListener(new JreMemoryLeakPreventionListener());
                    service.getServer().addLifecycleListener(new ThreadLocalLeakPreventionListener());
                    ((StandardContext) context).setClearReferencesThreadLocals(true);
                });
    }

    /** In the same thread, or in another one of the connector. */
    private static final class Hello extends HttpServlet {

        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getOutputStream().print("hello");
            if ("async".equals(request.getQueryString())) {
                AsyncContext context = request.startAsync();
                context.start(context::complete);
            }
        }
    }

    /** Tomcat complains of threads, thread locals and timers that hold on to an application that is gone. */
    @Test
    void tomcatFindsNoLeakAndRenewsEveryThread() {
        try (TestServer server = builder().start(); AjpClient client = server.connect()) {
            for (int i = 0; i < 20; i++) {
                assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
                assertThat(client.exchange(Request.get("/hello").query("async")).text()).isEqualTo("hello");
            }
            Set<Long> before = workers(server);
            assertThat(before).isNotEmpty();

            ((StandardContext) server.tomcat().getHost().findChildren()[0]).reload();

            assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
            // A thread that leads an event loop gives it up after five seconds, requests or not.
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                assertThat(client.exchange(Request.get("/hello")).text()).isEqualTo("hello");
                assertThat(workers(server)).doesNotContainAnyElementsOf(before);
            });
            assertThat(server.log().complaints()).isEmpty();
        }
    }

    private static Set<Long> workers(TestServer server) {
        List<String> names = server.threads();
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> names.contains(thread.getName()) && thread.getName().contains("-exec-"))
                .map(Thread::getId)
                .collect(Collectors.toSet());
    }

    /** As Tomcat's manager does when an operator restarts the connector there. */
    @Test
    void keepsNoClassLoaderOfWhoeverStartsIt() throws Exception {
        try (TestServer server = builder().start()) {
            WeakReference<ClassLoader> starter = restartBySomeApplication(server);
            assertThat(server.get("/hello").text()).isEqualTo("hello");
            await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                System.gc();
                assertThat(starter.get()).isNull();
            });
        }
    }

    private static WeakReference<ClassLoader> restartBySomeApplication(TestServer server) throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader application = new URLClassLoader(new URL[0], before)) {
            thread.setContextClassLoader(application);
            restart(server);
            return new WeakReference<>(application);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static void restart(TestServer server) throws LifecycleException {
        server.connector().stop();
        server.connector().start();
    }
}
