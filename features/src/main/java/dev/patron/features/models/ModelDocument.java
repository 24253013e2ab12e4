package dev.patron.features.models;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * A model as plain text: everything that scoring needs, and enough to notice when it would score
 * differently from when it was trained.
 *
 * @param name the model's name, the same for all its versions
 * @param kind what the parameters mean, for example {@code kmeans} or {@code bg-nbd}
 * @param inputs the columns that scoring reads, in order
 * @param parameters of the kind
 * @param training facts of its making: as-of, seed, customers, data
 * @param testVectors rows with the outputs that scoring must give, to the bit
 */
public record ModelDocument(
    String name,
    String kind,
    List<Input> inputs,
    ObjectNode parameters,
    ObjectNode training,
    List<TestVector> testVectors)
    implements Serializable {

  /**
   * The schema version that is written; every earlier one is read too. 2 brought what trees change
   * about a lifetime model, 3 how its interval is made, 4 the digest, 6 the clock of a shop with
   * seasons, 7 how far the amount of a purchase may be from what the model of money says.
   */
  public static final int SCHEMA_VERSION = 7;

  /** From this version on a document says what it was when it was written. */
  private static final int FIRST_WITH_DIGEST = 4;

  private static final String DIGEST = "digest";

  /** Makes the nodes of parameters and facts. */
  static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  public ModelDocument {
    inputs = List.copyOf(inputs);
    testVectors = List.copyOf(testVectors);
  }

  /**
   * A column that scoring reads.
   *
   * @param name the column's name
   * @param accepts the types that it may have
   */
  public record Input(String name, Accepts accepts) implements Serializable {}

  /** Which types an input may have. */
  public enum Accepts {
    /** Whole numbers. */
    LONG("long", "long"),
    /** Double precision. */
    DOUBLE("double", "double"),
    /** Any number: long, double, or a decimal of at most 18 digits. */
    NUMBER("number", "double"),
    /** What identifies a customer: string or long. */
    IDENTITY("identity", "string");

    private final String word;
    private final String mlflow;

    Accepts(String word, String mlflow) {
      this.word = word;
      this.mlflow = mlflow;
    }

    /** The word in documents. */
    public String word() {
      return word;
    }

    /** The type in an MLflow signature. */
    String mlflow() {
      return mlflow;
    }

    boolean accepts(Type type) {
      boolean isShortDecimal = type instanceof Type.Decimal decimal && decimal.fitsLong();
      return switch (this) {
        case LONG -> type.equals(Type.LONG);
        case DOUBLE -> type.equals(Type.DOUBLE);
        case NUMBER -> type.equals(Type.LONG) || type.equals(Type.DOUBLE) || isShortDecimal;
        case IDENTITY -> type.equals(Type.STRING) || type.equals(Type.LONG);
      };
    }

    private static Accepts of(String word) {
      for (Accepts accepts : values()) {
        if (accepts.word.equals(word)) {
          return accepts;
        }
      }
      throw new IllegalArgumentException(
          "input type '" + word + "' is unknown; known are long, double, number and identity");
    }
  }

  /**
   * A row and what scoring must make of it.
   *
   * @param settings what scoring depends on beside the row, for example the horizon
   * @param inputs the row, by column
   * @param outputs the scores, by column
   */
  public record TestVector(ObjectNode settings, ObjectNode inputs, ObjectNode outputs)
      implements Serializable {}

  /**
   * Checks that a table has the columns that scoring reads.
   *
   * @throws IllegalArgumentException that names every column that is missing or of another type
   */
  public void check(Schema features) {
    List<String> wrong = new ArrayList<>();
    for (Input input : inputs) {
      if (!features.has(input.name())) {
        wrong.add("'%s' (%s) is missing".formatted(input.name(), input.accepts().word()));
      } else if (!input.accepts().accepts(features.type(input.name()))) {
        wrong.add(
            "'%s' is %s where %s is wanted"
                .formatted(input.name(), features.type(input.name()), input.accepts().word()));
      }
    }
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException(
          "model '%s' cannot score these features: %s".formatted(name, String.join(", ", wrong)));
    }
  }

  /**
   * The document as indented JSON with keys in a fixed order, the last of them {@code digest}: the
   * SHA-256 of the same text without it. Test vectors show that a program scores as the one that
   * trained; the digest shows that also what they do not reach is as it was written, such as the
   * edges of RFM scores. It is a guard against accidents, not against who makes a digest anew.
   */
  public String toJson() {
    ObjectNode root = NODES.objectNode();
    root.put("schemaVersion", SCHEMA_VERSION);
    root.put("name", name);
    root.put("kind", kind);
    ArrayNode inputNodes = root.putArray("inputs");
    for (Input input : inputs) {
      inputNodes.addObject().put("name", input.name()).put("type", input.accepts().word());
    }
    root.set("parameters", parameters);
    root.set("training", training);
    ArrayNode vectorNodes = root.putArray("testVectors");
    for (TestVector vector : testVectors) {
      ObjectNode node = vectorNodes.addObject();
      node.set("settings", vector.settings());
      node.set("inputs", vector.inputs());
      node.set("outputs", vector.outputs());
    }
    return withDigest(root);
  }

  /** The text of a document that has no digest yet, with one. */
  static String withDigest(ObjectNode root) {
    return write(root.put(DIGEST, digest(root)));
  }

  private static String digest(ObjectNode root) {
    return DigestUtils.sha256Hex(write(root));
  }

  /**
   * JSON as model files hold it.
   *
   * @throws IllegalArgumentException if it holds NaN or an infinity
   */
  public static String write(JsonNode node) {
    checkFinite(node, "");
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter()
            .withObjectIndenter(new DefaultIndenter("  ", "\n"))
            .withArrayIndenter(DefaultPrettyPrinter.FixedSpaceIndenter.instance);
    try {
      return JSON.writer(printer).writeValueAsString(node) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a JSON tree is always writable", e);
    }
  }

  private static void checkFinite(JsonNode node, String path) {
    if (node.isDouble() && !Double.isFinite(node.doubleValue())) {
      throw new IllegalArgumentException(
          "a model file cannot hold " + node.asText() + " at " + path);
    }
    node.fields().forEachRemaining(e -> checkFinite(e.getValue(), path + "/" + e.getKey()));
    if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        checkFinite(node.get(i), path + "/" + i);
      }
    }
  }

  /**
   * Reads what {@link #toJson} wrote. The test vectors are checked by who knows the kind: {@link
   * SegmentDocument#read} and {@link LifetimeDocument#read}.
   *
   * @throws IllegalArgumentException if it is no JSON, of another schema version, incomplete,
   *     without test vectors, or was altered since it was written
   */
  public static ModelDocument parse(String json) {
    JsonNode root;
    try {
      root = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "model.json is not JSON: %s (line %d)"
              .formatted(e.getOriginalMessage(), e.getLocation().getLineNr()),
          e);
    }
    if (root.isMissingNode()) {
      throw new IllegalArgumentException("model.json is empty; restore the file, or train again");
    }
    int version = required(root, "schemaVersion").asInt(-1);
    if (version > SCHEMA_VERSION) {
      throw new NewerSchemaException(
          "model.json has schema version %d; this program reads versions 1 to %d; take the one that wrote it"
              .formatted(version, SCHEMA_VERSION));
    }
    if (version < 1) {
      throw new IllegalArgumentException(
          "model.json has schema version %s; this program reads versions 1 to %d; restore the file, or train again"
              .formatted(required(root, "schemaVersion"), SCHEMA_VERSION));
    }
    List<Input> inputs = new ArrayList<>();
    for (JsonNode input : required(root, "inputs")) {
      inputs.add(
          new Input(
              required(input, "name").asText(), Accepts.of(required(input, "type").asText())));
    }
    List<TestVector> vectors = new ArrayList<>();
    for (JsonNode vector : required(root, "testVectors")) {
      vectors.add(
          new TestVector(
              object(vector, "settings"), object(vector, "inputs"), object(vector, "outputs")));
    }
    if (vectors.isEmpty()) {
      throw new IllegalArgumentException(
          "model.json has no test vectors, so that nothing shows whether it scores as it did when it"
              + " was trained; restore the file, or train again");
    }
    ModelDocument document =
        new ModelDocument(
            required(root, "name").asText(),
            required(root, "kind").asText(),
            inputs,
            object(root, "parameters"),
            object(root, "training"),
            vectors);
    // Also where an earlier version would need none: who has one was not written as that.
    if (version >= FIRST_WITH_DIGEST || root.has(DIGEST)) {
      checkDigest((ObjectNode) root.deepCopy());
    }
    return document;
  }

  private static void checkDigest(ObjectNode root) {
    String written = required(root, DIGEST).asText();
    root.remove(DIGEST);
    String found = digest(root);
    if (!found.equals(written)) {
      throw new IllegalArgumentException(
          "model.json was altered since it was written: its digest is %s, not %s; restore the file, or train again"
              .formatted(found, written));
    }
  }

  /** The value of a key that must be there. */
  static JsonNode required(JsonNode node, String key) {
    JsonNode value = node.get(key);
    if (value == null) {
      throw new IllegalArgumentException("model.json lacks '" + key + "'");
    }
    return value;
  }

  /** The number of a key that must be there. */
  static double number(JsonNode node, String key) {
    JsonNode value = required(node, key);
    if (!value.isNumber()) {
      throw new IllegalArgumentException(
          "model.json: '%s' is %s where a number is wanted".formatted(key, value));
    }
    return value.doubleValue();
  }

  private static ObjectNode object(JsonNode node, String key) {
    if (required(node, key) instanceof ObjectNode object) {
      return object;
    }
    throw new IllegalArgumentException("model.json: '" + key + "' is not an object");
  }
}
