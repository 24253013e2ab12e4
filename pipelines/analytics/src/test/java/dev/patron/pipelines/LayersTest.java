package dev.patron.pipelines;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import org.apache.beam.sdk.transforms.DoFn;
import org.junit.jupiter.api.Test;

/**
 * What may be known where in the pipelines, all of which this room sees. Plain tests: with
 * {@code @ArchTest} fields nothing would run.
 */
class LayersTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.patron.pipelines");

  @Test
  void pipelinesNameNoEngine() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.beam.runners..", "org.apache.spark..", "dev.patron.runners..")
        .check(CLASSES);
  }

  @Test
  void onlyTrainingKnowsSmile() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.patron.pipelines.training..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("smile..")
        .check(CLASSES);
  }

  @Test
  void onlyTheProgramAndItsCommandsAskTheClock() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.patron.pipelines.commands..")
        .and()
        .doNotBelongToAnyOf(Patron.class)
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(LocalDate.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Clock.class)
        .check(CLASSES);
  }

  @Test
  void storiesHaveNoDoFnBodies() {
    noClasses()
        .that()
        .resideInAPackage("dev.patron.pipelines.stages..")
        .should()
        .beAssignableTo(DoFn.class)
        .check(CLASSES);
  }

  @Test
  void packagesFormNoCycles() {
    slices().matching("dev.patron.pipelines.(*)..").should().beFreeOfCycles().check(CLASSES);
  }
}
