package org.catwalk.it;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Optional;
import org.catwalk.it.harness.Connector;
import org.catwalk.it.harness.Difference;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Holds for Catwalk and, as intended, not for the stock connector; skipped with {@code -Dconnector=stock}. */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(UnlikeStock.Condition.class)
@interface UnlikeStock {

    Difference value();

    /** Skips where the stock connector is under test. */
    final class Condition implements ExecutionCondition {

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            Optional<UnlikeStock> difference = AnnotationSupport.findAnnotation(context.getElement(), UnlikeStock.class);
            if (Connector.underTest() == Connector.CATWALK || difference.isEmpty()) {
                return ConditionEvaluationResult.enabled("Catwalk is under test");
            }
            return ConditionEvaluationResult.disabled("Stock differs as intended: " + difference.get().value());
        }
    }
}
