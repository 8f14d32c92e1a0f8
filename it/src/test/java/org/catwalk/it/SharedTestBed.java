package org.catwalk.it;

import java.util.Map;
import java.util.function.Supplier;
import org.catwalk.it.harness.GuardBed;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.catwalk.it.harness.TestBed;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Starts each bed when the first test asks for it and stops it after the last. */
final class SharedTestBed implements ParameterResolver {

    private static final Namespace NAMESPACE = Namespace.create(SharedTestBed.class);

    static {
        // Busy machines take their time; what never comes is noticed all the same.
        Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
    }
    private static final Map<Class<?>, Supplier<AutoCloseable>> BEDS = Map.of(TestBed.class, TestBed::start,
            GuardBed.class, GuardBed::start);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return BEDS.containsKey(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return store(context).getOrComputeIfAbsent(type, ignored -> BEDS.get(type).get(), AutoCloseable.class);
    }

    private static Store store(ExtensionContext context) {
        return context.getRoot().getStore(NAMESPACE);
    }

    /** Stops the {@link GuardBed} ahead of time, for the class that looks at what is left at the end. */
    static final class StopGuardBed implements BeforeAllCallback {

        @Override
        public void beforeAll(ExtensionContext context) {
            GuardBed bed = store(context).remove(GuardBed.class, GuardBed.class);
            if (bed != null) {
                bed.close();
            }
        }
    }
}
