package dev.patron.pipelines.query;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** What may be known in this room. Plain tests: with {@code @ArchTest} fields nothing would run. */
class LayersTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.patron.pipelines.query");

  @Test
  void questionsRunOnNoEngine() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.beam.sdk.transforms..",
            "org.apache.beam.runners..",
            "org.apache.spark..",
            "smile..",
            "dev.patron.runners..")
        .check(CLASSES);
  }

  @Test
  void questionsChangeNoTable() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("dev.patron.transforms.lake.Commit")
        .check(CLASSES);
  }
}
