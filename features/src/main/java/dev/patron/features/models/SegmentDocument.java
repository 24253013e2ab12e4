package dev.patron.features.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.patron.features.drift.FeatureCounts;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.models.ModelDocument.Accepts;
import dev.patron.features.models.ModelDocument.Input;
import dev.patron.features.models.ModelDocument.TestVector;
import dev.patron.features.rfm.RfmScores;
import dev.patron.features.rfm.RfmSegments;
import dev.patron.features.segments.SegmentModel;
import dev.patron.features.tables.Tables;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Segment models as documents. */
public final class SegmentDocument {
  /** The name of the model. */
  public static final String NAME = "segments";

  /** The kind of document. */
  public static final String KIND = "kmeans";

  private static final List<Input> INPUTS =
      SegmentModel.MEASURES.stream().map(name -> new Input(name, Accepts.NUMBER)).toList();

  private static final Schema VECTORS =
      Schema.of()
          .with("recency_days", Type.LONG)
          .with("frequency", Type.LONG)
          .with("monetary", Type.DOUBLE);

  private SegmentDocument() {}

  /** The document of a model. */
  public static ModelDocument of(SegmentModel model, TrainingFacts facts) {
    Frame vectors = vectors(model);
    return new ModelDocument(
        NAME,
        KIND,
        INPUTS,
        parameters(model),
        facts.node(),
        TestVectors.of(ModelDocument.NODES.objectNode(), vectors, model.assign(vectors)));
  }

  /**
   * The document of a model that remembers the customers of its training.
   *
   * @param customers how their features and segments were distributed
   */
  public static ModelDocument of(SegmentModel model, FeatureCounts customers, TrainingFacts facts) {
    ModelDocument document = of(model, facts);
    ObjectNode training = document.training().deepCopy();
    ObjectNode distribution = training.putObject("distribution");
    for (String feature : customers.counted()) {
      ObjectNode node = distribution.putObject(feature);
      ArrayNode bins = node.putArray("bins");
      ArrayNode counts = node.putArray("customers");
      for (long bin : customers.occupied(feature)) {
        bins.add(bin);
        counts.add(customers.count(feature, bin));
      }
    }
    return new ModelDocument(
        document.name(),
        document.kind(),
        document.inputs(),
        document.parameters(),
        training,
        document.testVectors());
  }

  /**
   * How features and segments were distributed at a document's training; null if it does not say,
   * as the oldest do not.
   *
   * @throws IllegalArgumentException if it says so by half
   */
  public static @Nullable FeatureCounts distribution(ModelDocument document) {
    JsonNode distribution = document.training().get("distribution");
    if (distribution == null) {
      return null;
    }
    FeatureCounts counts = new FeatureCounts();
    distribution
        .fields()
        .forEachRemaining(
            entry -> {
              double[] bins = numbers(entry.getValue(), "bins");
              double[] customers = numbers(entry.getValue(), "customers");
              if (bins.length != customers.length) {
                throw new IllegalArgumentException(
                    "model '%s': training/distribution/%s has %d bins and %d counts"
                        .formatted(document.name(), entry.getKey(), bins.length, customers.length));
              }
              for (int i = 0; i < bins.length; i++) {
                counts.add(entry.getKey(), (long) bins[i], (long) customers[i]);
              }
            });
    return counts;
  }

  /**
   * The ids of a document's segments, in its order, read without the rest of the model.
   *
   * @throws IllegalArgumentException if it does not say
   */
  public static int[] ids(ModelDocument document) {
    JsonNode segments = ModelDocument.required(document.parameters(), "segments");
    int[] ids = new int[segments.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = (int) ModelDocument.number(segments.get(i), "id");
    }
    return ids;
  }

  /**
   * The observation time of a document's training.
   *
   * @throws IllegalArgumentException if it does not say
   */
  public static Instant asOf(ModelDocument document) {
    try {
      return Instant.parse(ModelDocument.required(document.training(), "asOf").asText());
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "model '%s': training/asOf is no instant".formatted(document.name()), e);
    }
  }

  private static ObjectNode parameters(SegmentModel model) {
    ObjectNode parameters = ModelDocument.NODES.objectNode();
    parameters.put("k", model.k());
    ArrayNode measures = parameters.putArray("measures");
    SegmentModel.MEASURES.forEach(measures::add);
    parameters.put("transform", "z-score of ln(1 + v), v below 0 taken as 0");
    numbers(parameters.putArray("means"), model.means());
    numbers(parameters.putArray("standardDeviations"), model.deviations());
    ArrayNode segments = parameters.putArray("segments");
    double[][] centroids = model.centroids();
    for (int i = 0; i < model.k(); i++) {
      ObjectNode segment = segments.addObject();
      segment.put("id", model.ids()[i]);
      segment.put("name", model.names().get(i));
      numbers(segment.putArray("centroid"), centroids[i]);
    }
    ObjectNode rfm = parameters.putObject("rfm");
    ArrayNode edges = rfm.putArray("edges");
    Frame rows = model.rfm().edges();
    for (int row = 0; row < rows.rows(); row++) {
      edges
          .addObject()
          .put("measure", rows.bytes("measure").text(row))
          .put("score", rows.longs("score").get(row))
          .put("from_value", rows.doubles("from_value").get(row))
          .put("to_value", rows.doubles("to_value").get(row))
          .put("customers", rows.longs("customers").get(row));
    }
    ObjectNode names = rfm.putObject("names");
    model
        .rfm()
        .segments()
        .cells()
        .forEach(
            (name, cells) -> {
              ArrayNode ofName = names.putArray(name);
              cells.forEach(ofName::add);
            });
    return parameters;
  }

  private static void numbers(ArrayNode array, double[] values) {
    for (double value : values) {
      array.add(value);
    }
  }

  /** Every segment's centroid in whole days, purchases and cents, and the ends of each measure. */
  private static Frame vectors(SegmentModel model) {
    FrameBuilder rows = new FrameBuilder(VECTORS);
    for (int position = 0; position < model.k(); position++) {
      double[] values = model.centroid(position);
      row(rows, Math.round(values[0]), Math.round(values[1]), Math.round(values[2] * 100) / 100.0);
    }
    row(rows, 0, 1, 0);
    row(rows, 0, 1000, 1e6);
    row(rows, 3650, 1, 0.01);
    row(rows, 30, 2, -5);
    return rows.build();
  }

  private static void row(FrameBuilder rows, long recency, long frequency, double monetary) {
    rows.longs("recency_days").append(recency);
    rows.longs("frequency").append(frequency);
    rows.doubles("monetary").append(monetary);
  }

  /**
   * The model of a document.
   *
   * @throws IllegalArgumentException if the document is of another kind, reads other inputs, is
   *     incomplete, or its test vectors do not come out to the bit
   */
  public static SegmentModel read(ModelDocument document) {
    if (!document.kind().equals(KIND)) {
      throw new IllegalArgumentException(
          "model '%s' is of kind '%s', which does not segment; '%s' is wanted"
              .formatted(document.name(), document.kind(), KIND));
    }
    if (!document.inputs().equals(INPUTS)) {
      throw new IllegalArgumentException(
          "model '%s' reads %s; a segment model reads %s"
              .formatted(document.name(), document.inputs(), INPUTS));
    }
    ObjectNode parameters = document.parameters();
    List<String> names = new ArrayList<>();
    List<double[]> centroids = new ArrayList<>();
    for (JsonNode segment : ModelDocument.required(parameters, "segments")) {
      names.add(ModelDocument.required(segment, "name").asText());
      centroids.add(numbers(segment, "centroid"));
    }
    SegmentModel model =
        SegmentModel.of(
            numbers(parameters, "means"),
            numbers(parameters, "standardDeviations"),
            centroids.toArray(double[][]::new),
            ids(document),
            names,
            rfm(ModelDocument.required(parameters, "rfm")));
    for (int i = 0; i < document.testVectors().size(); i++) {
      TestVector vector = document.testVectors().get(i);
      TestVectors.check(
          document.name(), i + 1, vector, model.assign(TestVectors.input(vector, VECTORS)));
    }
    return model;
  }

  private static RfmScores rfm(JsonNode rfm) {
    FrameBuilder edges = new FrameBuilder(Tables.RFM_EDGES);
    for (JsonNode edge : ModelDocument.required(rfm, "edges")) {
      edges.bytes("measure").append(ModelDocument.required(edge, "measure").asText());
      edges.longs("score").append((long) ModelDocument.number(edge, "score"));
      edges.doubles("from_value").append(ModelDocument.number(edge, "from_value"));
      edges.doubles("to_value").append(ModelDocument.number(edge, "to_value"));
      edges.longs("customers").append((long) ModelDocument.number(edge, "customers"));
    }
    Map<String, List<String>> cells = new LinkedHashMap<>();
    ModelDocument.required(rfm, "names")
        .fields()
        .forEachRemaining(
            entry -> {
              List<String> ofName = new ArrayList<>();
              entry.getValue().forEach(cell -> ofName.add(cell.asText()));
              cells.put(entry.getKey(), ofName);
            });
    return RfmScores.ofEdges(edges.build(), RfmSegments.of(cells));
  }

  private static double[] numbers(JsonNode node, String key) {
    JsonNode array = ModelDocument.required(node, key);
    double[] values = new double[array.size()];
    for (int i = 0; i < values.length; i++) {
      JsonNode value = array.get(i);
      if (!value.isNumber()) {
        throw new IllegalArgumentException(
            "model.json: '%s' holds %s where a number is wanted".formatted(key, value));
      }
      values[i] = value.doubleValue();
    }
    return values;
  }
}
