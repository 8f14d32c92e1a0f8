package org.catwalk.ajp.compat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Shapes of hosts that are not on the class path. */
class HostMethodsTest {

    @Test
    void prefersMarkStartTime() throws Throwable {
        Newest request = new Newest();

        HostMethods.markRequestStart(Newest.class).invoke(request);

        assertThat(request.marked).isTrue();
    }

    @Test
    void setsNanosecondsWhereThatIsAllThereIs() throws Throwable {
        Nanos request = new Nanos();
        long before = System.nanoTime();

        HostMethods.markRequestStart(Nanos.class).invoke(request);

        assertThat(request.nanos - before).isBetween(0L, System.nanoTime() - before);
    }

    @Test
    void asksTheClockAtEachCall() throws Throwable {
        Millis request = new Millis();
        var mark = HostMethods.markRequestStart(Millis.class);

        mark.invoke(request);
        request.millis = -1;
        mark.invoke(request);

        assertThat(request.millis).isPositive();
    }

    @Test
    void setsTheMethodWithoutAMessageBytesWhereThereIsNone() throws Throwable {
        Newest request = new Newest();

        HostMethods.setMethod(Newest.class).invoke(request, "GET");

        assertThat((String) HostMethods.getMethod(Newest.class).invoke(request)).isEqualTo("GET");
    }

    @Test
    void roundsAWaitUpToWholeSeconds() throws Throwable {
        SecondsAcceptor acceptor = new SecondsAcceptor();

        HostMethods.stopAcceptor(SecondsAcceptor.class).invoke(acceptor, 1001);

        assertThat(acceptor.seconds).isEqualTo(2);
        assertThat(HostMethods.toSeconds(1)).isEqualTo(1);
        assertThat(HostMethods.toSeconds(0)).isZero();
        assertThat(HostMethods.toSeconds(-1)).isZero();
        assertThat(HostMethods.toSeconds(Integer.MAX_VALUE)).isEqualTo(2147484);
    }

    @Test
    void findsNothingInAStranger() {
        assertThat(HostMethods.markRequestStart(Object.class)).isNull();
        assertThat(HostMethods.setMethod(Object.class)).isNull();
        assertThat(HostMethods.getMethod(Object.class)).isNull();
        assertThat(HostMethods.getter(Object.class, "getReadListener")).isNull();
        assertThat(HostMethods.servletConnection(Object.class)).isNull();
        assertThat(HostMethods.stopAcceptor(Object.class)).isNull();
    }

    public static class Newest {
        private boolean marked;
        private String method;

        public void markStartTime() {
            marked = true;
        }

        public void setStartTimeNanos(long nanos) {
            throw new AssertionError("deprecated");
        }

        public void setMethod(String method) {
            this.method = method;
        }

        public String getMethod() {
            return method;
        }
    }

    public static class Nanos {
        private long nanos;

        public void setStartTimeNanos(long nanos) {
            this.nanos = nanos;
        }

        public void setStartTime(long millis) {
            throw new AssertionError("loses precision");
        }
    }

    public static class Millis {
        private long millis;

        public void setStartTime(long millis) {
            this.millis = millis;
        }
    }

    public static class SecondsAcceptor {
        private int seconds;

        public void stop(int seconds) {
            this.seconds = seconds;
        }
    }
}
