package dev.patron.features.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.patron.features.clv.LifetimeModel;
import dev.patron.features.clv.MoneyModel;
import dev.patron.features.clv.MoneyModels;
import dev.patron.features.clv.PaidDays;
import dev.patron.features.clv.PurchaseModel;
import dev.patron.features.clv.PurchaseModels;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.models.ModelDocument.Accepts;
import dev.patron.features.models.ModelDocument.Input;
import dev.patron.features.models.ModelDocument.TestVector;
import dev.patron.features.trees.RefinedForecast;
import dev.patron.features.trees.Refinement;
import dev.patron.features.trees.TreeInputs;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Lifetime models as documents; the kind is that of the model of purchases. What trees change about
 * it, if anything, stands under {@code refinement}.
 */
public final class LifetimeDocument {
  /** The pace of purchases is found by periods of about four weeks. */
  private static final Duration SEASON_HOLDS = Duration.ofDays(Refinement.SEASON_HOLDS_DAYS);

  private static final Duration DAY = Duration.ofDays(1);

  /** The name of the model. */
  public static final String NAME = "lifetime";

  private static List<Input> inputs(PaidDays days) {
    return List.of(
        new Input("customer_id", Accepts.IDENTITY),
        new Input("repeat_purchases", Accepts.LONG),
        new Input("repeat_recency_days", Accepts.LONG),
        new Input("tenure_days", Accepts.LONG),
        new Input(days.days(), Accepts.LONG),
        new Input(days.mean(), Accepts.DOUBLE));
  }

  /** With trees, what they look at as well. */
  private static List<Input> inputs(PaidDays days, Refinement refinement) {
    List<Input> inputs = new ArrayList<>(inputs(days));
    if (refinement.trees() != null) {
      TreeInputs.LONG_COLUMNS.forEach(name -> addNew(inputs, name, Accepts.LONG));
      TreeInputs.DOUBLE_COLUMNS.forEach(name -> addNew(inputs, name, Accepts.DOUBLE));
      addNew(inputs, "monetary", Accepts.NUMBER);
    }
    return inputs;
  }

  private static void addNew(List<Input> inputs, String name, Accepts accepts) {
    if (inputs.stream().noneMatch(input -> input.name().equals(name))) {
      inputs.add(new Input(name, accepts));
    }
  }

  /** The schema of test vectors: the inputs with identities as text and numbers as doubles. */
  private static Schema vectors(List<Input> inputs) {
    Schema schema = Schema.of();
    for (Input input : inputs) {
      schema =
          schema.with(
              input.name(),
              switch (input.accepts()) {
                case IDENTITY -> Type.STRING;
                case LONG -> Type.LONG;
                case DOUBLE, NUMBER -> Type.DOUBLE;
              });
    }
    return schema;
  }

  private static final List<List<?>> VECTOR_ROWS =
      List.of(
          Arrays.asList("never-again", 0L, 0L, 270L, 0L, null),
          Arrays.asList("today", 0L, 0L, 0L, 0L, null),
          Arrays.asList("twice", 1L, 14L, 200L, 1L, 25.5),
          Arrays.asList("regular", 12L, 350L, 364L, 11L, 40.25),
          Arrays.asList("long-gone", 30L, 400L, 1400L, 30L, 9.99),
          Arrays.asList("free", 3L, 60L, 90L, 0L, null));

  private LifetimeDocument() {}

  /** The document of a model that is scored as it is. */
  public static ModelDocument of(LifetimeModel model, TrainingFacts facts) {
    return of(model, Refinement.NONE, facts);
  }

  /** The document of a model with what trees change about it. */
  public static ModelDocument of(LifetimeModel model, Refinement refinement, TrainingFacts facts) {
    ObjectNode settings = ModelDocument.NODES.objectNode();
    settings.put("horizonDays", facts.horizonDays());
    settings.put("discountRate", facts.discountRate());
    settings.put("seed", facts.seed());
    List<Input> inputs = inputs(model.paidDays(), refinement);
    Frame vectors = Frame.ofRows(vectors(inputs), vectorRows(inputs));
    Frame outputs =
        new RefinedForecast(
                model, refinement, facts.horizonDays(), facts.discountRate(), facts.seed())
            .of(vectors);
    ObjectNode parameters = parameters(model);
    if (!refinement.isNone()) {
      parameters.set("refinement", RefinementNode.of(refinement));
    }
    return new ModelDocument(
        NAME,
        model.kind(),
        inputs,
        parameters,
        facts.node(),
        TestVectors.of(settings, vectors, outputs));
  }

  /** The rows above, with what the trees look at made up from them. */
  private static List<List<?>> vectorRows(List<Input> inputs) {
    List<List<?>> rows = new ArrayList<>();
    for (List<?> row : VECTOR_ROWS) {
      long repeats = (Long) row.get(1);
      long recency = (Long) row.get(3) - (Long) row.get(2);
      double amount = row.get(5) == null ? 20 : (Double) row.get(5);
      List<@Nullable Object> made = new ArrayList<>(row);
      for (Input input : inputs.subList(row.size(), inputs.size())) {
        made.add(
            switch (input.name()) {
              case "recency_days" -> recency;
              case "frequency" -> repeats + 1;
              case "purchase_days_28" -> recency < 28 ? 1L : 0L;
              case "purchase_days_91" -> recency < 91 ? Math.min(3, repeats + 1) : 0L;
              case "purchase_days_364" -> recency < 364 ? repeats + 1 : 0L;
              case "purchase_days_year_ago" -> repeats / 4;
              case "spend_91" -> recency < 91 ? amount * Math.min(3, repeats + 1) : 0;
              case "spend_364", "monetary" -> amount * (repeats + 1);
              case "repeat_mean_amount" -> row.get(5);
              case "gap_deviation_days" -> repeats < 2 ? null : (Double) (repeats * 1.5);
              default -> amount;
            });
      }
      rows.add(made);
    }
    return rows;
  }

  private static ObjectNode parameters(LifetimeModel model) {
    ObjectNode parameters = ModelDocument.NODES.objectNode();
    PurchaseModel purchaseModel = model.purchases();
    if (purchaseModel == null) {
      parameters.putNull("purchases");
    } else {
      parameters.set("purchases", node(purchaseModel));
    }
    MoneyModel moneyModel = model.money();
    if (moneyModel == null) {
      parameters.putNull("amounts");
    } else {
      ObjectNode amounts = parameters.putObject("amounts");
      amounts.put("kind", moneyModel.kind());
      moneyModel.parameters().forEach(amounts::put);
    }
    ArrayNode notes = parameters.putArray("notes");
    model.notes().forEach(notes::add);
    ObjectNode errors = parameters.putObject("standardErrors");
    new TreeMap<>(model.standardErrors()).forEach(errors::put);
    return parameters;
  }

  static ObjectNode node(PurchaseModel model) {
    ObjectNode purchases = ModelDocument.NODES.objectNode();
    purchases.put("kind", model.kind());
    purchases.put("unit", "weeks");
    model.parameters().forEach(purchases::put);
    return purchases;
  }

  /**
   * The model of a document.
   *
   * @throws IllegalArgumentException if the document is of an unknown kind, reads other inputs, is
   *     incomplete, or its test vectors do not come out to the bit
   */
  public static LifetimeModel read(ModelDocument document) {
    List<Input> read = document.inputs();
    if (!startsWith(read, inputs(PaidDays.REPEAT)) && !startsWith(read, inputs(PaidDays.ALL))) {
      throw new IllegalArgumentException(
          "model '%s' reads %s; a lifetime model reads %s"
              .formatted(document.name(), document.inputs(), inputs(PaidDays.REPEAT)));
    }
    ObjectNode parameters = document.parameters();
    List<String> notes = new ArrayList<>();
    ModelDocument.required(parameters, "notes").forEach(note -> notes.add(note.asText()));
    LifetimeModel model =
        new LifetimeModel(
            purchases(document, ModelDocument.required(parameters, "purchases")),
            amounts(document, ModelDocument.required(parameters, "amounts")),
            notes,
            numbers(parameters.path("standardErrors")));
    if (!model.kind().equals(document.kind())) {
      throw new IllegalArgumentException(
          "model '%s' says it is of kind '%s', but its purchases are of kind '%s'"
              .formatted(document.name(), document.kind(), model.kind()));
    }
    Refinement refinement = refinement(document);
    List<Input> wanted = inputs(model.paidDays(), refinement);
    if (!document.inputs().equals(wanted)) {
      throw new IllegalArgumentException(
          "model '%s' is of kind '%s' and should read %s, not %s"
              .formatted(document.name(), document.kind(), wanted, document.inputs()));
    }
    for (int i = 0; i < document.testVectors().size(); i++) {
      TestVector vector = document.testVectors().get(i);
      RefinedForecast forecast =
          new RefinedForecast(
              model,
              refinement,
              (long) ModelDocument.number(vector.settings(), "horizonDays"),
              ModelDocument.number(vector.settings(), "discountRate"),
              ModelDocument.required(vector.settings(), "seed").longValue());
      TestVectors.check(
          document.name(), i + 1, vector, forecast.of(TestVectors.input(vector, vectors(wanted))));
    }
    return model;
  }

  private static boolean startsWith(List<Input> inputs, List<Input> first) {
    return inputs.size() >= first.size() && inputs.subList(0, first.size()).equals(first);
  }

  /**
   * What trees change about the model of a document; nothing if it does not say so.
   *
   * @throws IllegalArgumentException if it cannot be read
   */
  public static Refinement refinement(ModelDocument document) {
    JsonNode node = document.parameters().get("refinement");
    try {
      return node == null || node.isNull() ? Refinement.NONE : RefinementNode.read(node);
    } catch (IllegalArgumentException e) {
      throw wrong(document, e);
    }
  }

  /**
   * The same for a forecast. What is known of a season is known of the window that the model was
   * trained for, so that another one goes without.
   *
   * @param asOf when the window begins
   * @param horizonDays how long it is
   * @throws IllegalArgumentException if it cannot be read
   */
  public static Refinement refinement(ModelDocument document, Instant asOf, long horizonDays) {
    return refinement(refinement(document), daysLater(document, asOf, horizonDays));
  }

  /** A refinement as it was trained, so many days later; out of season where that is empty. */
  static Refinement refinement(Refinement trained, OptionalLong daysLater) {
    return daysLater.isPresent() ? trained.later(daysLater.getAsLong()) : trained.withoutSeason();
  }

  /**
   * How many days after that of the training a window begins, below 0 if it is before; empty where
   * the season of the training is not that of the window.
   */
  static OptionalLong daysLater(ModelDocument document, Instant asOf, long horizonDays) {
    Duration since = Duration.between(asOf(document), asOf);
    if (since.abs().compareTo(SEASON_HOLDS) > 0
        || document.training().path("horizonDays").asLong() != horizonDays) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(Math.round(since.toSeconds() / (double) DAY.toSeconds()));
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

  private static @Nullable PurchaseModel purchases(ModelDocument document, JsonNode node) {
    if (node.isNull()) {
      return null;
    }
    try {
      return purchases(node);
    } catch (IllegalArgumentException e) {
      throw wrong(document, e);
    }
  }

  static PurchaseModel purchases(JsonNode node) {
    return PurchaseModels.of(ModelDocument.required(node, "kind").asText(), numbers(node));
  }

  private static @Nullable MoneyModel amounts(ModelDocument document, JsonNode node) {
    if (node.isNull()) {
      return null;
    }
    try {
      return MoneyModels.of(ModelDocument.required(node, "kind").asText(), numbers(node));
    } catch (IllegalArgumentException e) {
      throw wrong(document, e);
    }
  }

  private static Map<String, Double> numbers(JsonNode node) {
    Map<String, Double> numbers = new LinkedHashMap<>();
    node.fields()
        .forEachRemaining(
            field -> {
              if (field.getValue().isNumber()) {
                numbers.put(field.getKey(), field.getValue().doubleValue());
              }
            });
    return numbers;
  }

  private static IllegalArgumentException wrong(
      ModelDocument document, IllegalArgumentException cause) {
    return new IllegalArgumentException(
        "model '%s': %s".formatted(document.name(), cause.getMessage()), cause);
  }
}
