package org.catwalk.ajp.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.lang.ArchRule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The table of packages in the architecture notes, as rules. The root package is a parameter, so that the same rules can be shown to fail.
 *
 * @param root the package that holds AjpProtocol
 */
record ArchitectureRules(String root) {

    /** Package: which of our other packages it may import. The root, which wires them together, may import all; nobody imports it. */
    private static final Map<String, List<String>> MAY_IMPORT = new LinkedHashMap<>();

    static {
        MAY_IMPORT.put("wire", List.of());
        MAY_IMPORT.put("config", List.of());
        MAY_IMPORT.put("guard", List.of("wire", "config"));
        MAY_IMPORT.put("telemetry", List.of("wire", "config", "guard"));
        MAY_IMPORT.put("endpoint", List.of("config", "telemetry", "compat"));
        MAY_IMPORT.put("processor", List.of("wire", "config", "guard", "telemetry", "endpoint", "compat"));
        MAY_IMPORT.put("compat", List.of());
        MAY_IMPORT.put("logging", List.of());
        MAY_IMPORT.put("tool", List.of("wire", "config"));
    }

    static List<String> packages() {
        return List.copyOf(MAY_IMPORT.keySet());
    }

    ArchRule importsOnlyWhatTheTableAllows(String name) {
        String[] allowed = Stream.concat(Stream.of(name), MAY_IMPORT.get(name).stream()).map(this::within).toArray(String[]::new);
        return noClasses()
                .that().resideInAPackage(within(name))
                .should().dependOnClassesThat(resideInAPackage(root + "..").and(resideOutsideOfPackages(allowed)))
                .allowEmptyShould(true)
                .as(name + " may import of ours " + MAY_IMPORT.get(name));
    }

    ArchRule everyPackageIsInTheTable() {
        String[] known = Stream.concat(Stream.of(root), packages().stream().map(this::within)).toArray(String[]::new);
        return classes().should().resideInAnyPackage(known).as("every class is in the root or in a package of the table");
    }

    ArchRule packagesAreFreeOfCycles() {
        return slices().matching(root + ".(*)..").should().beFreeOfCycles();
    }

    ArchRule wireImportsTheJdkOnly() {
        return classes()
                .that().resideInAPackage(within("wire"))
                .should().onlyDependOnClassesThat(resideInAnyPackage("java..", within("wire")))
                .as("wire imports java.* only");
    }

    ArchRule onlyPackagesThatTouchTomcatImportIt() {
        return noClasses()
                .that(resideOutsideOfPackages(
                        root, within("endpoint"), within("processor"), within("compat"), within("telemetry"), within("logging")))
                .should().dependOnClassesThat().resideInAPackage("org.apache..")
                .as("only root, endpoint, processor, compat, telemetry and logging import org.apache.*");
    }

    ArchRule loggingImportsOfTomcatJuliOnly() {
        return noClasses()
                .that().resideInAPackage(within("logging"))
                .should().dependOnClassesThat(resideInAPackage("org.apache..").and(resideOutsideOfPackages("org.apache.juli..")))
                .as("logging imports org.apache.juli only");
    }

    ArchRule telemetryImportsOfTomcatJmxOnly() {
        return noClasses()
                .that().resideInAPackage(within("telemetry"))
                .should().dependOnClassesThat(
                        resideInAPackage("org.apache..").and(resideOutsideOfPackages("org.apache.tomcat.util.modeler..")))
                .allowEmptyShould(true)
                .as("telemetry imports org.apache.tomcat.util.modeler only");
    }

    /** The two servlet APIs differ between the hosts that one binary runs on. */
    ArchRule onlyCompatAndProcessorKnowTheServletApi() {
        return noClasses()
                .that(resideOutsideOfPackages(within("compat"), within("processor")))
                .should().dependOnClassesThat().resideInAnyPackage("javax.servlet..", "jakarta.servlet..")
                .as("only compat and processor import a servlet API");
    }

    /** Everything else logs through SLF4J. JULI's Log stays visible: Tomcat's base classes ask for one. */
    ArchRule onlyLoggingKnowsJavaUtilLogging() {
        return noClasses()
                .that().resideOutsideOfPackage(within("logging"))
                .should().dependOnClassesThat().resideInAPackage("java.util.logging..")
                .as("only logging imports java.util.logging");
    }

    ArchRule onlyTheCommandLinePrints() {
        return noClasses()
                .that().resideOutsideOfPackage(within("tool"))
                .should(ACCESS_STANDARD_STREAMS)
                .as("only tool prints to System.out and System.err");
    }

    /** It runs on hosts without a Tomcat, where nobody configures a logger either. */
    ArchRule theCommandLineNeedsTheJdkAndPicocliOnly() {
        return classes()
                .that().resideInAPackage(within("tool"))
                .should().onlyDependOnClassesThat(
                        resideInAnyPackage("java..", "javax..", "org.xml.sax..", "picocli..", within("tool"), within("wire"), within("config")))
                .allowEmptyShould(true)
                .as("tool imports the JDK, picocli, wire and config only");
    }

    ArchRule onlyTheCommandLineKnowsPicocli() {
        return noClasses()
                .that().resideOutsideOfPackage(within("tool"))
                .should().dependOnClassesThat().resideInAPackage("picocli..")
                .as("only tool imports picocli");
    }

    ArchRule namesSayWhatAClassDoes() {
        return noClasses()
                .should().haveNameMatching(".*(Manager|Helper|Helpers|Util|Utils)(\\$.*)?")
                .as("no class is named Manager, Helper or Utils");
    }

    private String within(String name) {
        return root + "." + name + "..";
    }
}
