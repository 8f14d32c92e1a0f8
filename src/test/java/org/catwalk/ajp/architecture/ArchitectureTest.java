package org.catwalk.ajp.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Keeps the table of packages true, and shows with a house built wrong that every rule can fail. */
class ArchitectureTest {

    private static final String FIXTURE = "org.catwalk.ajp.architecture.fixture";

    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.catwalk.ajp");
    private static final JavaClasses BUILT_WRONG = new ClassFileImporter().importPackages(FIXTURE);

    private final ArchitectureRules rules = new ArchitectureRules("org.catwalk.ajp");
    private final ArchitectureRules fixtureRules = new ArchitectureRules(FIXTURE);

    @TestFactory
    Stream<DynamicTest> theHouseIsBuiltAsDrawn() {
        return rulesOf(rules).map(rule -> DynamicTest.dynamicTest(rule.getDescription(), () -> rule.check(OURS)));
    }

    @Test
    void looksAtOurClassesAndAtNoTest() {
        assertThat(OURS.contain("org.catwalk.ajp.compat.Tomcat")).isTrue();
        assertThat(OURS.contain(ArchitectureTest.class)).isFalse();
    }

    @Test
    void noticesAnImportThatTheTableDoesNotAllow() {
        assertBroken(fixtureRules.importsOnlyWhatTheTableAllows("wire"), "ReadsSettings");
        assertBroken(fixtureRules.importsOnlyWhatTheTableAllows("config"), "Settings");
        assertBroken(fixtureRules.importsOnlyWhatTheTableAllows("telemetry"), "StartsTheProtocol");
    }

    @Test
    void noticesACycle() {
        assertBroken(fixtureRules.packagesAreFreeOfCycles(), "Cycle detected");
    }

    @Test
    void noticesAPackageThatNobodyDrew() {
        assertBroken(fixtureRules.everyPackageIsInTheTable(), "attic.Surplus");
    }

    @Test
    void noticesThatWireImportsMoreThanTheJdk() {
        assertBroken(fixtureRules.wireImportsTheJdkOnly(), "org.slf4j.Logger");
    }

    @Test
    void noticesTomcatWhereItDoesNotBelong() {
        assertBroken(fixtureRules.onlyPackagesThatTouchTomcatImportIt(), "KnowsTomcat");
        assertBroken(fixtureRules.loggingImportsOfTomcatJuliOnly(), "LogsRequests");
        assertBroken(fixtureRules.telemetryImportsOfTomcatJmxOnly(), "CountsRequests");
    }

    @Test
    void noticesAServletApi() {
        assertBroken(fixtureRules.onlyCompatAndProcessorKnowTheServletApi(), "HoldsAListener");
    }

    @Test
    void noticesLoggingPastSlf4j() {
        assertBroken(fixtureRules.onlyLoggingKnowsJavaUtilLogging(), "Prints");
        assertBroken(fixtureRules.onlyTheCommandLinePrints(), "Prints");
    }

    @Test
    void noticesThatTheCommandLineWouldNotRunWithoutTomcat() {
        assertBroken(fixtureRules.theCommandLineNeedsTheJdkAndPicocliOnly(), "LogsItsErrors");
        assertBroken(fixtureRules.onlyTheCommandLineKnowsPicocli(), "ParsesOptions");
    }

    @Test
    void noticesANameThatSaysNothing() {
        assertBroken(fixtureRules.namesSayWhatAClassDoes(), "ConnectionManager");
        assertBroken(fixtureRules.namesSayWhatAClassDoes(), "ByteUtils");
    }

    private static Stream<ArchRule> rulesOf(ArchitectureRules rules) {
        return Stream.concat(
                ArchitectureRules.packages().stream().map(rules::importsOnlyWhatTheTableAllows),
                Stream.of(
                        rules.everyPackageIsInTheTable(),
                        rules.packagesAreFreeOfCycles(),
                        rules.wireImportsTheJdkOnly(),
                        rules.onlyPackagesThatTouchTomcatImportIt(),
                        rules.loggingImportsOfTomcatJuliOnly(),
                        rules.telemetryImportsOfTomcatJmxOnly(),
                        rules.onlyCompatAndProcessorKnowTheServletApi(),
                        rules.onlyLoggingKnowsJavaUtilLogging(),
                        rules.onlyTheCommandLinePrints(),
                        rules.theCommandLineNeedsTheJdkAndPicocliOnly(),
                        rules.onlyTheCommandLineKnowsPicocli(),
                        rules.namesSayWhatAClassDoes()));
    }

    private static void assertBroken(ArchRule rule, String detail) {
        EvaluationResult result = rule.evaluate(BUILT_WRONG);
        assertThat(result.hasViolation()).as(rule.getDescription()).isTrue();
        assertThat(String.join("\n", result.getFailureReport().getDetails())).contains(detail);
    }
}
