package dev.patron.features.models;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.patron.features.clv.BgNbd;
import dev.patron.features.clv.EqualAmounts;
import dev.patron.features.clv.GammaGamma;
import dev.patron.features.clv.LifetimeForecast;
import dev.patron.features.clv.LifetimeModel;
import dev.patron.features.clv.MbgNbd;
import dev.patron.features.clv.Nbd;
import dev.patron.features.clv.PaidDays;
import dev.patron.features.clv.ParetoNbd;
import dev.patron.features.clv.PurchaseModel;
import dev.patron.features.drift.FeatureCounts;
import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.rfm.Measure;
import dev.patron.features.trees.BoostedTrees;
import dev.patron.features.trees.RefinedForecast;
import dev.patron.features.trees.Refinement;
import dev.patron.features.trees.TreeInputs;
import dev.patron.features.trees.TwoStageTrees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The loader that MLflow calls gives what the Java kernels give, with numpy and without. */
class PythonLoaderTest {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();
  private static final String SCRIPT =
      """
      import json, sys
      sys.path.insert(0, sys.argv[1] + '/code')
      if sys.argv[2] == 'plain':
          sys.modules['numpy'] = None
      import patron_model
      if sys.argv[2] == 'unproven':
          patron_model._read = json.loads
          patron_model.PatronModel._prove = lambda self: None
      model = patron_model._load_pyfunc(sys.argv[1] + '/model.json')
      print(json.dumps(model.predict(json.load(sys.stdin))))
      """;

  @TempDir private Path folder;

  private static boolean isPythonHere() {
    try {
      return new ProcessBuilder("python3", "--version").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private JsonNode score(Map<String, String> files, Frame features, String how)
      throws IOException, InterruptedException {
    return score(files, rows(features), how);
  }

  private JsonNode score(Map<String, String> files, ArrayNode rows, String how)
      throws IOException, InterruptedException {
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = folder.resolve(file.getKey());
      Files.createDirectories(requireNonNull(path.getParent()));
      Files.writeString(path, file.getValue());
    }
    Process python =
        new ProcessBuilder("python3", "-c", SCRIPT, folder.toString(), how)
            .redirectErrorStream(true)
            .start();
    python.getOutputStream().write(rows.toString().getBytes(UTF_8));
    python.getOutputStream().close();
    String said = new String(python.getInputStream().readAllBytes(), UTF_8);
    assertThat(python.waitFor()).as(said).isZero();
    return JSON.readTree(said);
  }

  private static ArrayNode rows(Frame features) {
    ArrayNode rows = JSON.createArrayNode();
    double[] monetary = Measure.values(features, "monetary");
    for (int row = 0; row < features.rows(); row++) {
      ObjectNode node = rows.addObject();
      for (String name : features.schema().names()) {
        Type type = features.schema().type(name);
        if (name.equals("monetary")) {
          node.put(name, monetary[row]);
        } else if (features.column(name).isNull(row)) {
          node.putNull(name);
        } else if (type.equals(Type.LONG)) {
          node.put(name, features.longs(name).get(row));
        } else if (type.equals(Type.DOUBLE)) {
          node.put(name, features.doubles(name).get(row));
        }
      }
      if (features.schema().type("customer_id").equals(Type.STRING)) {
        node.put("customer_id", features.bytes("customer_id").text(row));
      }
    }
    return rows;
  }

  @Test
  void lifetimeValueIsTheSameForEveryModelWithTreesAndWithout() throws Exception {
    assumeTrue(isPythonHere(), "there is no python3");
    Frame features = Examples.features(Type.LONG);
    GammaGamma money = new GammaGamma(6.25, 3.75, 15.5);
    for (LifetimeModel model :
        List.of(
            new LifetimeModel(new BgNbd(0.25, 4.5, 0.8, 2.5), money, List.of()),
            new LifetimeModel(new MbgNbd(0.5, 6.2, 0.9, 1.6), new EqualAmounts(20), List.of()),
            new LifetimeModel(
                new ParetoNbd(0.55, 10.5, 0.6, 11.5),
                new GammaGamma(9.9, 3.4, 7.9, PaidDays.ALL),
                List.of()),
            new LifetimeModel(new Nbd(0.3, 7.7), money, List.of()))) {
      for (Refinement refinement :
          List.of(Refinement.NONE, Examples.REFINEMENT, Examples.BY_CLOCK)) {
        Map<String, String> files =
            ModelFiles.of(model, refinement, Examples.FACTS, JSON.createObjectNode(), "");
        assertThatPythonGives(
            new RefinedForecast(model, refinement, 365, 0.01, 42).of(features),
            score(files, features, "numpy"));
      }
    }
  }

  /** The season of the training is not that of features of another time, however it is written. */
  @Test
  void aSeasonIsThatOfTheWindowThatItWasLearntFor() throws Exception {
    assumeTrue(isPythonHere(), "there is no python3");
    Frame features = Examples.features(Type.LONG).slice(0, 20);
    aSeasonIsThatOfItsWindow(Examples.REFINEMENT, features);
    aSeasonIsThatOfItsWindow(Examples.BY_CLOCK, features);
  }

  private void aSeasonIsThatOfItsWindow(Refinement season, Frame features) throws Exception {
    Map<String, String> files =
        ModelFiles.of(Examples.LIFETIME, season, Examples.FACTS, JSON.createObjectNode(), "");
    for (long days : new long[] {-60, -20, 0, 20, 60}) {
      Instant asOf = Examples.FACTS.asOf().plus(Duration.ofDays(days));
      Refinement refinement =
          LifetimeDocument.refinement(
              ModelDocument.parse(requireNonNull(files.get(ModelFiles.MODEL))), asOf, 365);
      Frame expected =
          new RefinedForecast(Examples.LIFETIME, refinement, 365, 0.01, 42).of(features);
      String sql = asOf.toString().replace('T', ' ').replace("Z", "");
      for (String written : List.of(asOf.toString(), sql)) {
        assertThatPythonGives(expected, score(files, asOf(features, written), "plain"));
      }
    }
  }

  private static ArrayNode asOf(Frame features, String written) {
    ArrayNode rows = rows(features);
    rows.forEach(row -> ((ObjectNode) row).put("as_of", written));
    return rows;
  }

  private static void assertThatPythonGives(Frame expected, JsonNode scored) {
    for (String name : LifetimeForecast.SCHEMA.names()) {
      DoubleColumn column = expected.doubles(name);
      for (int row = 0; row < expected.rows(); row++) {
        double wanted = column.get(row);
        double given = scored.get(row).get(name).doubleValue();
        if (Double.isFinite(wanted)) {
          assertThat(given)
              .as("%s of row %d", name, row)
              .isCloseTo(wanted, within(1e-8 * Math.abs(wanted) + 1e-300));
        } else {
          assertThat(given).as("%s of row %d", name, row).isEqualTo((Double) wanted);
        }
      }
    }
  }

  /**
   * Python raises where Java says infinite, and one such customer would end the scoring of all: who
   * bought daily and has been gone for years, and trees that leave no doubt.
   */
  @Test
  void whatOverflowsIsWhatTheKernelsMakeOfIt() throws Exception {
    assumeTrue(isPythonHere(), "there is no python3");
    Frame some = Examples.features(Type.LONG);
    Schema schema = some.schema();
    List<List<?>> rows = new ArrayList<>();
    long[][] histories = {
      {700, 1050, 3640}, {3000, 3100, 20_000}, {50_000, 60_000, 70_000}, {0, 0, 20_000}, {2, 9, 10}
    };
    for (long[] history : histories) {
      List<@Nullable Object> row = new ArrayList<>(some.slice(50, 51).toRows().get(0));
      row.set(schema.names().indexOf("customer_id"), (long) rows.size());
      row.set(schema.names().indexOf("repeat_purchases"), history[0]);
      row.set(schema.names().indexOf("repeat_recency_days"), history[1]);
      row.set(schema.names().indexOf("tenure_days"), history[2]);
      row.set(schema.names().indexOf("recency_days"), history[2] - history[1]);
      rows.add(row);
    }
    Frame features = Frame.ofRows(schema, rows);
    GammaGamma money = new GammaGamma(6.25, 3.75, 15.5);
    for (PurchaseModel purchases :
        List.of(
            new BgNbd(0.25, 4.5, 0.8, 2.5),
            new MbgNbd(0.5, 6.2, 0.9, 1.6),
            new ParetoNbd(0.55, 10.5, 0.6, 11.5),
            new Nbd(0.3, 7.7))) {
      LifetimeModel model = new LifetimeModel(purchases, money, List.of());
      for (Refinement refinement :
          List.of(
              Refinement.NONE,
              certain(-2000, 0, 0),
              certain(2000, 0, 0),
              certain(0, 2000, 0),
              certain(0, -2000, 2000))) {
        Map<String, String> files =
            ModelFiles.of(model, Refinement.NONE, Examples.FACTS, JSON.createObjectNode(), "");
        ObjectNode document = (ObjectNode) JSON.readTree(files.get(ModelFiles.MODEL));
        if (!refinement.isNone()) {
          // Such a model has no finite test vectors, so that it is never written down whole.
          ((ObjectNode) document.get("parameters"))
              .set("refinement", RefinementNode.of(refinement));
        }
        files = new TreeMap<>(files);
        files.put(ModelFiles.MODEL, document.toString());
        assertThatPythonGives(
            new RefinedForecast(model, refinement, 365, 0.01, 42).of(features),
            score(files, features, "unproven"));
      }
    }
  }

  /** Trees that add the same to every customer's logarithms. */
  private static Refinement certain(double buys, double purchases, double spend) {
    Refinement.Part half = new Refinement.Part(0.5, 1, 1);
    return new Refinement(
        new TwoStageTrees(91, trees(buys), trees(purchases), trees(spend)), half, half);
  }

  private static BoostedTrees trees(double value) {
    return new BoostedTrees(
        TreeInputs.NAMES.size(), 0, 1, List.of(new BoostedTrees.Leaf(value, 100)));
  }

  private static final String LOADED =
      """
      import sys
      sys.path.insert(0, sys.argv[1] + '/code')
      import patron_model
      try:
          patron_model._load_pyfunc(sys.argv[1] + '/model.json')
          print('loaded', end='')
      except ValueError as e:
          print(e, end='')
      """;

  /** What a folder with this document is answered, without the folder. */
  private String load(String document) throws IOException, InterruptedException {
    Map<String, String> files =
        new TreeMap<>(
            ModelFiles.of(Examples.LIFETIME, Examples.FACTS, JSON.createObjectNode(), ""));
    files.put(ModelFiles.MODEL, document);
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = folder.resolve(file.getKey());
      Files.createDirectories(requireNonNull(path.getParent()));
      Files.writeString(path, file.getValue());
    }
    Process python =
        new ProcessBuilder("python3", "-c", LOADED, folder.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(python.getInputStream().readAllBytes(), UTF_8);
    assertThat(python.waitFor()).as(said).isZero();
    return said.replace(folder.resolve("model.json").toString(), "model.json");
  }

  /** Every document that there ever was, as Java loads it. */
  @Test
  void whatJavaLoadsIsLoaded() throws Exception {
    assumeTrue(isPythonHere(), "there is no python3");
    Path documents =
        Path.of(System.getProperty("basedir", "."), "..", "testdata", "models").normalize();
    try (Stream<Path> all = Files.list(documents)) {
      for (Path document : all.filter(path -> path.toString().endsWith(".json")).toList()) {
        assertThat(load(Files.readString(document))).as(document.toString()).isEqualTo("loaded");
      }
    }
  }

  /** It loaded, and scored as nobody had trained it. */
  @Test
  void whatJavaRefusesIsRefused() throws Exception {
    assumeTrue(isPythonHere(), "there is no python3");
    String whole =
        requireNonNull(
            ModelFiles.of(
                    Examples.LIFETIME,
                    Examples.REFINEMENT,
                    Examples.FACTS,
                    JSON.createObjectNode(),
                    "")
                .get(ModelFiles.MODEL));
    assertThat(load(whole)).isEqualTo("loaded");
    assertThat(load(whole.replace("\n", "\r\n"))).as("as Git may write it").isEqualTo("loaded");

    String restore = "; restore the file, or train again";
    assertThat(load(whole.replace("\"alpha\" : 4.5", "\"alpha\" : 13.5")))
        .startsWith("model.json was altered since it was written: its digest is ")
        .endsWith(restore);
    assertThat(load(whole.replace("\"a note\"", "\"another\"")))
        .as("what no test vector reaches")
        .startsWith("model.json was altered");
    assertThat(load(whole.replaceAll(",\n  \"digest\" : \"[0-9a-f]+\"", "")))
        .isEqualTo("model.json lacks 'digest'" + restore);
    assertThat(load("")).isEqualTo("model.json is empty" + restore);
    assertThat(load("{")).startsWith("model.json is not JSON: ").endsWith(restore);

    // Before there was a digest the test vectors were all that told.
    Path old = Path.of(System.getProperty("basedir", "."), "..", "testdata", "models").normalize();
    String before = Files.readString(old.resolve("schema-1-bg-nbd.json"));
    ObjectNode altered = (ObjectNode) JSON.readTree(before);
    ((ObjectNode) altered.at("/parameters/purchases")).put("r", 0.75);
    assertThat(load(altered.toString()))
        .matches(
            "model\\.json does not score as it did when it was trained: test vector 1 gives"
                + " expected_purchases [0-9.]+, not [0-9.]+"
                + restore);
    altered.putArray("testVectors");
    assertThat(load(altered.toString()))
        .startsWith("model.json has no test vectors")
        .endsWith(restore);
    altered.put("name", "other");
    assertThat(load(altered.toString())).startsWith("model.json is of a model 'other'");
    assertThat(load(whole.replace("\"schemaVersion\" : 7", "\"schemaVersion\" : 99")))
        .startsWith("model.json has schema version 99; this loader reads 1 to 7");
  }

  @Test
  void theIntervalIsDrawnAlikeForCustomersWithNames() throws Exception {
    assumeTrue(isPythonHere(), "there is no python3");
    Frame features = Examples.features(Type.STRING);
    Map<String, String> files =
        ModelFiles.of(Examples.LIFETIME, Examples.FACTS, JSON.createObjectNode(), "");
    JsonNode scored = score(files, features, "plain");
    Frame expected = new LifetimeForecast(Examples.LIFETIME, 365, 0.01, 42).of(features);
    for (int row = 0; row < features.rows(); row++) {
      double high = expected.doubles("cltv_high").get(row);
      assertThat(scored.get(row).get("cltv_high").doubleValue())
          .isCloseTo(high, within(1e-8 * high));
    }
  }

  @Test
  void segmentsAreTheSameWithNumpyAndWithout() throws Exception {
    assumeTrue(isPythonHere(), "there is no python3");
    Frame features = Examples.features(Type.LONG);
    Map<String, String> files =
        ModelFiles.of(
            Examples.segments(), new FeatureCounts(), Examples.FACTS, JSON.createObjectNode(), "");
    Frame expected = Examples.segments().assign(features);
    for (String how : List.of("numpy", "plain")) {
      JsonNode scored = score(files, features, how);
      for (int row = 0; row < features.rows(); row++) {
        assertThat(scored.get(row).get("segment").asText())
            .isEqualTo(expected.bytes("segment").text(row));
        assertThat(scored.get(row).get("segment_id").longValue())
            .isEqualTo(expected.longs("segment_id").get(row));
      }
    }
  }
}
