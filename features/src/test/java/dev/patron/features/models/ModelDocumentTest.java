package dev.patron.features.models;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.patron.features.clv.EqualAmounts;
import dev.patron.features.clv.GammaGamma;
import dev.patron.features.clv.LifetimeModel;
import dev.patron.features.clv.MbgNbd;
import dev.patron.features.clv.Nbd;
import dev.patron.features.clv.PaidDays;
import dev.patron.features.clv.ParetoNbd;
import dev.patron.features.drift.FeatureCounts;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.segments.SegmentModel;
import dev.patron.features.tables.Tables;
import dev.patron.features.trees.Refinement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelDocumentTest {
  private static final Path PAST = Path.of("..", "testdata", "models");

  private static ModelDocument segments() {
    return SegmentDocument.of(Examples.segments(), Examples.FACTS);
  }

  private static ModelDocument lifetime() {
    return LifetimeDocument.of(Examples.LIFETIME, Examples.FACTS);
  }

  @Test
  void aDocumentSurvivesItsText() {
    for (ModelDocument document : List.of(segments(), lifetime())) {
      String json = document.toJson();
      ModelDocument parsed = ModelDocument.parse(json);

      assertThat(parsed.toJson()).isEqualTo(json);
      assertThat(parsed.inputs()).isEqualTo(document.inputs());
    }
  }

  @Test
  void aModelSurvivesItsDocument() {
    SegmentModel model = SegmentDocument.read(ModelDocument.parse(segments().toJson()));
    assertThat(model.names()).isEqualTo(Examples.segments().names());
    assertThat(model.centroids()).isDeepEqualTo(Examples.segments().centroids());
    assertThat(model.rfm().edges()).isEqualTo(Examples.rfm().edges());

    for (LifetimeModel lifetime :
        List.of(
            Examples.LIFETIME,
            new LifetimeModel(new Nbd(0.3, 7.7), new EqualAmounts(19.99), List.of("flat")),
            new LifetimeModel(new Nbd(0.3, 7.7), null, List.of()),
            new LifetimeModel(
                new ParetoNbd(0.55, 10.5, 0.6, 11.5),
                new GammaGamma(9.9, 3.4, 7.9, PaidDays.ALL),
                List.of(),
                Map.of("r", 0.05, "q", 0.2)),
            new LifetimeModel(
                new MbgNbd(0.5, 6.2, 0.9, 1.6), new GammaGamma(6.2, 3.7, 15.4), List.of()),
            new LifetimeModel(null, null, List.of("insufficient history")))) {
      ModelDocument document = LifetimeDocument.of(lifetime, Examples.FACTS);
      assertThat(LifetimeDocument.read(ModelDocument.parse(document.toJson()))).isEqualTo(lifetime);
    }
  }

  @Test
  void aSegmentDocumentRemembersTheCustomersOfItsTraining() {
    FeatureCounts customers =
        new FeatureCounts()
            .add(
                Examples.features(Type.LONG),
                Examples.segments().assign(Examples.features(Type.LONG)));
    ModelDocument document =
        ModelDocument.parse(
            SegmentDocument.of(Examples.segments(), customers, Examples.FACTS).toJson());

    assertThat(requireNonNull(SegmentDocument.distribution(document)).toFrame())
        .isEqualTo(customers.toFrame());
    assertThat(SegmentDocument.asOf(document)).isEqualTo(Examples.FACTS.asOf());
    assertThat(SegmentDocument.distribution(segments())).isNull();
  }

  @Test
  void treesSurviveTheirDocumentToTheBit() {
    ModelDocument document =
        LifetimeDocument.of(Examples.LIFETIME, Examples.REFINEMENT, Examples.FACTS);
    ModelDocument parsed = ModelDocument.parse(document.toJson());

    assertThat(LifetimeDocument.read(parsed)).isEqualTo(Examples.LIFETIME);
    assertThat(
            LifetimeDocument.of(
                    Examples.LIFETIME, LifetimeDocument.refinement(parsed), Examples.FACTS)
                .toJson())
        .isEqualTo(document.toJson());
    assertThat(parsed.inputs().stream().map(ModelDocument.Input::name))
        .contains("recency_days", "monetary", "gap_deviation_days")
        .doesNotHaveDuplicates();
  }

  @Test
  void anAlteredTreeIsNoticed() {
    String json =
        LifetimeDocument.of(Examples.LIFETIME, Examples.REFINEMENT, Examples.FACTS).toJson();
    for (String[] change :
        new String[][] {
          {"[ 0.5, 30.0 ]", "[ 0.5000000001, 30.0 ]", "does not score as it did"},
          {"[ 0.5, 30.0 ]", "[ 0.5, 30.0, 1 ]", "a tree holds"},
          {"\"recency_share\"", "\"age\"", "the trees look at"},
          {"\"weight\" : 0.5", "\"weight\" : 1.5", "weight is 1.5; 0 to 1 is wanted"},
          {"\"windowDays\" : 91", "\"windowDays\" : 0", "windowDays is 0"},
          {"\"width\" : 0.875", "\"width\" : 0.8750001", "gives cltv_high"},
          {"\"pace\" : 1.25", "\"pace\" : 0", "pace is 0.0 and width 0.875; positive numbers"},
        }) {
      String altered = altered(json, change[0], change[1]);
      assertThatIllegalArgumentException()
          .as(change[1])
          .isThrownBy(() -> LifetimeDocument.read(ModelDocument.parse(altered)))
          .withMessageContaining(change[2]);
    }
  }

  @Test
  void theDocumentsOfSchemaVersionOneLoadForEver() throws IOException {
    SegmentDocument.read(past("kmeans"));
    for (String kind : List.of("bg-nbd", "nbd", "insufficient", "mbg-nbd", "pareto-nbd")) {
      assertThat(LifetimeDocument.read(past(kind)).kind()).isEqualTo(kind);
    }
  }

  @Test
  void theDocumentOfSchemaVersionTwoLoadsForEverWithItsTrees() throws IOException {
    ModelDocument document =
        ModelDocument.parse(Files.readString(PAST.resolve("schema-2-trees.json")));

    assertThat(LifetimeDocument.read(document).kind()).isEqualTo("bg-nbd");
    Refinement refinement = LifetimeDocument.refinement(document);
    assertThat(requireNonNull(refinement.trees()).buys().trees()).hasSize(2);
    assertThat(refinement.spend()).isEqualTo(new Refinement.Part(0.25, 0.8, 1.5));
    assertThat(refinement.interval())
        .as("stretched as its mean is")
        .isEqualTo(Refinement.Interval.NONE);
  }

  @Test
  void theDocumentOfSchemaVersionThreeLoadsForEverWithItsInterval() throws IOException {
    ModelDocument document =
        ModelDocument.parse(Files.readString(PAST.resolve("schema-3-interval.json")));

    assertThat(LifetimeDocument.read(document).kind()).isEqualTo("bg-nbd");
    assertThat(LifetimeDocument.refinement(document).interval())
        .isEqualTo(new Refinement.Interval(1.25, 0.875, true));
  }

  @Test
  void theDocumentsOfSchemaVersionFourLoadForEverWithTheirDigests() throws IOException {
    for (String name : List.of("schema-4-kmeans.json", "schema-4-interval.json")) {
      String json = Files.readString(PAST.resolve(name));
      ModelDocument document = ModelDocument.parse(json);
      if (document.name().equals(SegmentDocument.NAME)) {
        assertThat(SegmentDocument.read(document).rfm().edges().rows()).isGreaterThan(3);
      } else {
        assertThat(LifetimeDocument.refinement(document).interval())
            .isEqualTo(new Refinement.Interval(1.25, 0.875, true));
        LifetimeDocument.read(document);
      }
    }
  }

  @Test
  void theDocumentOfSchemaVersionFiveLoadsForEverWithItsMix() throws IOException {
    ModelDocument document =
        ModelDocument.parse(Files.readString(PAST.resolve("schema-5-mix.json")));

    assertThat(LifetimeDocument.read(document).kind()).isEqualTo("bg-nbd");
    assertThat(LifetimeDocument.refinement(document).spend().mix()).isEqualTo(1.0625);
    assertThat(LifetimeDocument.refinement(document).interval())
        .isEqualTo(new Refinement.Interval(1.25, 0.875));
  }

  @Test
  void theDocumentOfSchemaVersionSixLoadsForEverWithItsClock() throws IOException {
    ModelDocument document =
        ModelDocument.parse(Files.readString(PAST.resolve("schema-6-clock.json")));

    assertThat(LifetimeDocument.read(document).kind()).isEqualTo("bg-nbd");
    assertThat(LifetimeDocument.refinement(document).inSeason())
        .isEqualTo(Examples.BY_CLOCK.inSeason());
  }

  @Test
  void theDocumentOfSchemaVersionSevenLoadsForEverWithItsAmounts() throws IOException {
    ModelDocument document =
        ModelDocument.parse(Files.readString(PAST.resolve("schema-7-amount.json")));

    assertThat(LifetimeDocument.read(document).kind()).isEqualTo("bg-nbd");
    assertThat(LifetimeDocument.refinement(document).spend())
        .isEqualTo(Examples.REFINEMENT.spend());
    assertThat(LifetimeDocument.refinement(document).amountWithin()).isEqualTo(2);
  }

  @Test
  void beforeSchemaVersionSevenTheAmountOfAPurchaseIsAny() throws IOException {
    ModelDocument document =
        ModelDocument.parse(Files.readString(PAST.resolve("schema-6-clock.json")));

    assertThat(LifetimeDocument.refinement(document).amountWithin())
        .isEqualTo(Double.POSITIVE_INFINITY);
  }

  @Test
  void aClockThatIsNoneIsRefused() {
    String good =
        LifetimeDocument.of(Examples.LIFETIME, Examples.BY_CLOCK, Examples.FACTS).toJson();
    for (String[] wrong :
        new String[][] {
          {"\"foundOn\" : \"2024-06-30\"", "\"foundOn\" : \"soon\"", "a date is wanted"},
          {"0.5, 0.5, 0.75,", "0.5, 0.75,", "12 paces are given"},
          {"0.5, 0.5, 0.75,", "0.5, 0.0, 0.75,", "a pace is 0.0"},
          {"0.5, 0.5, 0.75,", "0.5, null, 0.75,", "a pace is null"},
        }) {
      ModelDocument document = ModelDocument.parse(altered(good, wrong[0], wrong[1]));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> LifetimeDocument.read(document))
          .withMessageContaining(wrong[2]);
    }
  }

  private static ModelDocument past(String kind) throws IOException {
    ModelDocument document =
        ModelDocument.parse(Files.readString(PAST.resolve("schema-1-" + kind + ".json")));
    assertThat(document.kind()).isEqualTo(kind);
    assertThat(document.testVectors()).isNotEmpty();
    return document;
  }

  /** A document as if it had been written with other words: its digest fits. */
  private static String altered(String json, String what, String by) {
    assertThat(json).contains(what);
    try {
      ObjectNode root = (ObjectNode) new ObjectMapper().readTree(json.replace(what, by));
      root.remove("digest");
      return ModelDocument.withDigest(root);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aDocumentWithoutTestVectorsIsRefused() throws IOException {
    for (String name :
        List.of("schema-1-kmeans.json", "schema-1-bg-nbd.json", "schema-3-interval.json")) {
      ObjectNode root =
          (ObjectNode) new ObjectMapper().readTree(Files.readString(PAST.resolve(name)));
      root.putArray("testVectors");
      for (ObjectNode without : List.of(root, root.deepCopy().putNull("testVectors"))) {
        assertThatIllegalArgumentException()
            .as(name)
            .isThrownBy(() -> ModelDocument.parse(without.toString()))
            .withMessageStartingWith("model.json has no test vectors, ")
            .withMessageNotContaining("\n");
      }
    }
  }

  /**
   * What no test vector reaches: the edges of scores, counts, notes, and the vectors themselves.
   */
  @Test
  void whateverIsAlteredInADocumentIsNoticed() {
    String segments = segments().toJson();
    String lifetime = lifetime().toJson();
    for (String[] change :
        new String[][] {
          {segments, "\"score\" : 2", "\"score\" : 1"},
          {segments, "\"from_value\" : 197.0", "\"from_value\" : 196.0"},
          {segments, "\"Champions\"", "\"Winners\""},
          {segments, "\"schemaVersion\" : 7", "\"schemaVersion\" : 6"},
          {segments, "\"customers\" : 100", "\"customers\" : 101"},
          {lifetime, "\"a note\"", "\"\""},
          {lifetime, "\"twice\"", "\"thrice\""},
          {lifetime, "\"discountRate\" : 0.01", "\"discountRate\" : 0.02"},
        }) {
      assertThat(change[0]).contains(change[1]);
      assertThatIllegalArgumentException()
          .as(change[2])
          .isThrownBy(() -> ModelDocument.parse(change[0].replace(change[1], change[2])))
          .withMessageStartingWith("model.json was altered since it was written: its digest is ")
          .withMessageNotContaining("\n");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> ModelDocument.parse(segments.replaceFirst(",\\s+\"digest\" : \"\\w+\"", "")))
        .withMessage("model.json lacks 'digest'");
    assertThatCode(() -> ModelDocument.parse(segments.replaceAll("\\s+", " ")))
        .as("white space says nothing")
        .doesNotThrowAnyException();
  }

  @Test
  void anAlteredParameterIsNoticed() {
    String segments = altered(segments().toJson(), "1.1,", "9.1,");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SegmentDocument.read(ModelDocument.parse(segments)))
        .withMessageContaining("does not score as it did when it was trained: test vector");

    String lifetime = altered(lifetime().toJson(), "\"alpha\" : 4.5", "\"alpha\" : 4.500000000001");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LifetimeDocument.read(ModelDocument.parse(lifetime)))
        .withMessageContaining("test vector 1 gives expected_purchases");
  }

  @Test
  void anotherSchemaVersionIsRefused() {
    String json = segments().toJson().replace("\"schemaVersion\" : 7", "\"schemaVersion\" : 8");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ModelDocument.parse(json))
        .withMessage(
            "model.json has schema version 8; this program reads versions 1 to 7; take the one that"
                + " wrote it");
  }

  @Test
  void whatIsNoDocumentIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ModelDocument.parse("{\"schemaVersion\": 1,\n oops"))
        .withMessageContaining("is not JSON")
        .withMessageContaining("line 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ModelDocument.parse("{\"schemaVersion\": 1}"))
        .withMessage("model.json lacks 'inputs'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SegmentDocument.read(lifetime()))
        .withMessageContaining("is of kind 'bg-nbd', which does not segment");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LifetimeDocument.read(segments()))
        .withMessageContaining("a lifetime model reads");
    String unknown = altered(lifetime().toJson(), "\"bg-nbd\"", "\"weibull\"");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LifetimeDocument.read(ModelDocument.parse(unknown)))
        .withMessageContaining("'weibull' is no model of purchases; known are");
  }

  @Test
  void featuresMustHaveTheInputs() {
    assertThatCode(
            () -> segments().check(Tables.customerFeatures(Type.STRING, new Type.Decimal(12, 2))))
        .doesNotThrowAnyException();
    assertThatCode(() -> lifetime().check(Tables.customerFeatures(Type.LONG, Type.DOUBLE)))
        .doesNotThrowAnyException();
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                segments()
                    .check(
                        Schema.of().with("recency_days", Type.STRING).with("frequency", Type.LONG)))
        .withMessage(
            "model 'segments' cannot score these features: 'recency_days' is string where number is"
                + " wanted, 'monetary' (number) is missing");
  }

  @Test
  void noNumberIsNeverWritten() {
    ModelDocument document = segments();
    document.training().put("oops", Double.NaN);
    assertThatIllegalArgumentException()
        .isThrownBy(document::toJson)
        .withMessageContaining("cannot hold NaN at /training/oops");
  }

  @Test
  void theFilesOfAVersionSayWhatMlflowAsks() {
    String yaml =
        ModelFiles.of(Examples.LIFETIME, Examples.FACTS, ModelDocument.NODES.objectNode(), "# card")
            .get(ModelFiles.MLMODEL);

    assertThat(yaml)
        .contains("run_id: 'run-1'\n")
        .contains("utc_time_created: '2024-06-30 23:59:59.999999'\n")
        .contains("{\"type\":\"string\",\"name\":\"customer_id\",\"required\":false}")
        .contains("{\"type\":\"double\",\"name\":\"cltv\",\"required\":false}")
        .contains("  python_function:\n    code: code\n    data: model.json\n")
        .contains("loader_module: patron_model\n");
  }

  /** A run has the name of its start; the model itself knows nothing of clocks. */
  @Test
  void aVersionWasCreatedWhenItsRunBegan() {
    TrainingFacts trained =
        new TrainingFacts(
            Examples.FACTS.asOf(),
            365,
            0.01,
            42,
            100,
            Examples.FACTS.data(),
            "2026-11-30T15:55:05.488153384Z");
    Map<String, String> files =
        ModelFiles.of(Examples.LIFETIME, trained, ModelDocument.NODES.objectNode(), "# card");

    assertThat(files.get(ModelFiles.MLMODEL))
        .contains("utc_time_created: '2026-11-30 15:55:05.488153'\n");
    assertThat(files.get(ModelFiles.MODEL))
        .isEqualTo(
            ModelFiles.of(
                    Examples.LIFETIME, Examples.FACTS, ModelDocument.NODES.objectNode(), "# card")
                .get(ModelFiles.MODEL));
  }
}
