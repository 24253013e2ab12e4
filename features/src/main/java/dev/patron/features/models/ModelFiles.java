package dev.patron.features.models;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.patron.features.clv.LifetimeForecast;
import dev.patron.features.clv.LifetimeModel;
import dev.patron.features.drift.FeatureCounts;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.models.ModelDocument.Input;
import dev.patron.features.segments.SegmentModel;
import dev.patron.features.trees.Refinement;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The files of a model version, by name. */
public final class ModelFiles {
  /** The model itself, which is all that scoring reads. */
  public static final String MODEL = "model.json";

  /** MLflow's description of the model. */
  public static final String MLMODEL = "MLmodel";

  /** How well it fits and forecasts. */
  public static final String METRICS = "metrics.json";

  /** The same for people, with what they must know. */
  public static final String CARD = "card.md";

  /** MLflow's loader, which scores from {@link #MODEL} in Python. */
  public static final String LOADER = "code/patron_model.py";

  /** All of them; {@link #MODEL} is the one without which there is no version. */
  static final List<String> ALL = List.of(MODEL, MLMODEL, METRICS, CARD, LOADER);

  private static final DateTimeFormatter MLFLOW_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static final Pattern RUN_ID = Pattern.compile("(?m)^run_id: '(.*)'$");

  private ModelFiles() {}

  /**
   * The files of a segment model.
   *
   * @param customers of the training: how their features and segments were distributed
   */
  public static Map<String, String> of(
      SegmentModel model,
      FeatureCounts customers,
      TrainingFacts facts,
      JsonNode metrics,
      String card) {
    return of(
        SegmentDocument.of(model, customers, facts), SegmentModel.ASSIGNMENT, facts, metrics, card);
  }

  /** The files of a lifetime model that is scored as it is. */
  public static Map<String, String> of(
      LifetimeModel model, TrainingFacts facts, JsonNode metrics, String card) {
    return of(model, Refinement.NONE, facts, metrics, card);
  }

  /** The files of a lifetime model with what trees change about it. */
  public static Map<String, String> of(
      LifetimeModel model,
      Refinement refinement,
      TrainingFacts facts,
      JsonNode metrics,
      String card) {
    return of(
        LifetimeDocument.of(model, refinement, facts),
        LifetimeForecast.SCHEMA,
        facts,
        metrics,
        card);
  }

  private static Map<String, String> of(
      ModelDocument document, Schema outputs, TrainingFacts facts, JsonNode metrics, String card) {
    Map<String, String> files = new TreeMap<>();
    files.put(MODEL, document.toJson());
    files.put(MLMODEL, mlmodel(document, outputs, facts));
    files.put(METRICS, ModelDocument.write(metrics));
    files.put(CARD, card);
    files.put(LOADER, loader());
    return files;
  }

  private static String loader() {
    try (InputStream source = ModelFiles.class.getResourceAsStream("patron_model.py")) {
      return new String(
          requireNonNull(source, "patron_model.py is not on the class path").readAllBytes(),
          StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * MLflow's YAML. The flavors are our own and {@code python_function}, whose loader lies in {@code
   * code}; run and creation time stand here alone, so that equal trainings give equal models.
   */
  private static String mlmodel(ModelDocument document, Schema outputs, TrainingFacts facts) {
    ArrayNode inputColumns = ModelDocument.NODES.arrayNode();
    for (Input input : document.inputs()) {
      column(inputColumns, input.accepts().mlflow(), input.name(), false);
    }
    if (document.name().equals(LifetimeDocument.NAME)) {
      // When the window begins says whether its season is known.
      column(inputColumns, "datetime", "as_of", false);
    }
    ArrayNode outputColumns = ModelDocument.NODES.arrayNode();
    for (Schema.Field field : outputs.fields()) {
      column(
          outputColumns,
          field.type().equals(Type.STRING) ? "string" : field.type().toString(),
          field.name(),
          false);
    }
    return """
        flavors:
          patron:
            data: %s
            kind: %s
            schema_version: %d
          python_function:
            code: code
            data: %s
            loader_module: patron_model
            python_version: '3.8'
        run_id: %s
        signature:
          inputs: %s
          outputs: %s
          params: null
        utc_time_created: %s
        """
        .formatted(
            MODEL,
            quoted(document.kind()),
            ModelDocument.SCHEMA_VERSION,
            MODEL,
            quoted(facts.runId()),
            quoted(inputColumns.toString()),
            quoted(outputColumns.toString()),
            quoted(MLFLOW_TIME.format(facts.createdAt())));
  }

  /** The run that {@code MLmodel} names, see {@link TrainingFacts#runId}; null if it names none. */
  public static @Nullable String runId(String mlmodel) {
    Matcher line = RUN_ID.matcher(mlmodel);
    return line.find() ? line.group(1).replace("''", "'") : null;
  }

  private static void column(ArrayNode columns, String type, String name, boolean required) {
    ObjectNode column = columns.addObject();
    column.put("type", type);
    column.put("name", name);
    column.put("required", required);
  }

  /** A YAML single-quoted scalar. */
  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
