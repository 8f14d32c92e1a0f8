package org.catwalk.ajp.logging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoMoreInteractions;
import static org.mockito.Mockito.when;

import org.apache.juli.logging.Log;
import org.junit.jupiter.api.Test;

/** An operator who put another implementation behind JULI (log4j's, say) finds our messages there. */
class JuliLoggerTest {

    private final Log log = mock(Log.class);
    private final JuliLogger logger = new JuliLogger("org.catwalk.ajp.x", log);
    private final Exception thrown = new Exception();

    @Test
    void writesEachLevelToItsOwn() {
        when(log.isTraceEnabled()).thenReturn(true);
        when(log.isDebugEnabled()).thenReturn(true);
        when(log.isInfoEnabled()).thenReturn(true);
        when(log.isWarnEnabled()).thenReturn(true);
        when(log.isErrorEnabled()).thenReturn(true);

        logger.trace("t {}", 1);
        logger.debug("d {} {}", 1, 2);
        logger.info("i");
        logger.warn("w {}", 1, thrown);
        logger.error("e", thrown);

        verify(log).trace("t 1", null);
        verify(log).debug("d 1 2", null);
        verify(log).info("i", null);
        verify(log).warn("w 1", thrown);
        verify(log).error("e", thrown);
    }

    @Test
    void formatsNothingThatIsDisabled() {
        logger.debug("{}", new Object() {
            @Override
            public String toString() {
                throw new AssertionError("formatted");
            }
        });

        verify(log).isDebugEnabled();
        verifyNoMoreInteractions(log);
    }

    @Test
    void keepsItsName() {
        assertThat(logger.getName()).isEqualTo("org.catwalk.ajp.x");
    }
}
