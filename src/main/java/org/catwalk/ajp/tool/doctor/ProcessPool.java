package org.catwalk.ajp.tool.doctor;

import java.util.Map;
import java.util.Optional;

/**
 * How many httpd's there are: every process keeps pools of its own.
 *
 * @param mpm prefork, worker or event
 * @param processes at most
 * @param threadsPerProcess at most
 */
record ProcessPool(String mpm, int processes, int threadsPerProcess) {

    private static final int PREFORK_PROCESSES = 256;
    private static final int THREADS_PER_CHILD = 25;
    private static final int THREADED_PROCESSES = 16;

    /**
     * @param mpm prefork, worker or event
     * @param directives in lower case: maxrequestworkers, threadsperchild, serverlimit
     * @return nothing if one of them is no number
     */
    static Optional<ProcessPool> of(String mpm, Map<String, Setting> directives) {
        if (directives.values().stream().anyMatch(each -> each.number().isEmpty() || each.number().getAsInt() < 1)) {
            return Optional.empty();
        }
        if (mpm.equals("prefork")) {
            return Optional.of(new ProcessPool(mpm, number(directives, "maxrequestworkers", PREFORK_PROCESSES), 1));
        }
        int threads = number(directives, "threadsperchild", THREADS_PER_CHILD);
        int workers = number(directives, "maxrequestworkers", number(directives, "serverlimit", THREADED_PROCESSES) * threads);
        return Optional.of(new ProcessPool(mpm, (workers + threads - 1) / threads, threads));
    }

    private static int number(Map<String, Setting> directives, String name, int otherwise) {
        return directives.containsKey(name) ? directives.get(name).number().orElse(otherwise) : otherwise;
    }

    /** Connections that all processes together can have to one backend. */
    int connections(int poolSize) {
        return processes * Math.min(poolSize, threadsPerProcess);
    }

    @Override
    public String toString() {
        return mpm + " MPM, " + processes + " processes of " + threadsPerProcess + (threadsPerProcess == 1 ? " thread" : " threads");
    }
}
