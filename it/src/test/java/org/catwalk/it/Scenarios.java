package org.catwalk.it;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A class of scenarios on the shared {@link org.catwalk.it.harness.TestBed}, which its constructor or methods may ask for. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(SharedTestBed.class)
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@interface Scenarios {
}
