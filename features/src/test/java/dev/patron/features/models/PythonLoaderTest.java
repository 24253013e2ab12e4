package dev.patron.features.models;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import dev.patron.features.drift.FeatureCounts;
import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Type;
import dev.patron.features.rfm.Measure;
import dev.patron.features.trees.RefinedForecast;
import dev.patron.features.trees.Refinement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The loader that MLflow calls gives what the Java kernels give, with numpy and without. */
class PythonLoaderTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SCRIPT =
      """
      import json, sys
      sys.path.insert(0, sys.argv[1] + '/code')
      if sys.argv[2] == 'plain':
          sys.modules['numpy'] = None
      import patron_model
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
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = folder.resolve(file.getKey());
      Files.createDirectories(requireNonNull(path.getParent()));
      Files.writeString(path, file.getValue());
    }
    Process python =
        new ProcessBuilder("python3", "-c", SCRIPT, folder.toString(), how)
            .redirectErrorStream(true)
            .start();
    python.getOutputStream().write(rows(features).toString().getBytes(UTF_8));
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
      for (Refinement refinement : List.of(Refinement.NONE, Examples.REFINEMENT)) {
        Map<String, String> files =
            ModelFiles.of(model, refinement, Examples.FACTS, JSON.createObjectNode(), "");
        JsonNode scored = score(files, features, "numpy");
        Frame expected = new RefinedForecast(model, refinement, 365, 0.01, 42).of(features);
        for (String name : LifetimeForecast.SCHEMA.names()) {
          DoubleColumn column = expected.doubles(name);
          for (int row = 0; row < features.rows(); row++) {
            double wanted = column.get(row);
            assertThat(scored.get(row).get(name).doubleValue())
                .as("%s %s of row %d", model.kind(), name, row)
                .isCloseTo(wanted, within(1e-8 * Math.abs(wanted) + 1e-300));
          }
        }
      }
    }
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
