package dev.patron.features.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.patron.features.clv.LifetimeForecast;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Lifetime models as documents; the kind is that of the model of purchases. */
public final class LifetimeDocument {
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

  private static Schema vectors(PaidDays days) {
    return Schema.of()
        .with("customer_id", Type.STRING)
        .with("repeat_purchases", Type.LONG)
        .with("repeat_recency_days", Type.LONG)
        .with("tenure_days", Type.LONG)
        .with(days.days(), Type.LONG)
        .with(days.mean(), Type.DOUBLE);
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

  /** The document of a model. */
  public static ModelDocument of(LifetimeModel model, TrainingFacts facts) {
    ObjectNode settings = ModelDocument.NODES.objectNode();
    settings.put("horizonDays", facts.horizonDays());
    settings.put("discountRate", facts.discountRate());
    settings.put("seed", facts.seed());
    Frame vectors = Frame.ofRows(vectors(model.paidDays()), VECTOR_ROWS);
    Frame outputs =
        new LifetimeForecast(model, facts.horizonDays(), facts.discountRate(), facts.seed())
            .of(vectors);
    return new ModelDocument(
        NAME,
        model.kind(),
        inputs(model.paidDays()),
        parameters(model),
        facts.node(),
        TestVectors.of(settings, vectors, outputs));
  }

  private static ObjectNode parameters(LifetimeModel model) {
    ObjectNode parameters = ModelDocument.NODES.objectNode();
    PurchaseModel purchaseModel = model.purchases();
    if (purchaseModel == null) {
      parameters.putNull("purchases");
    } else {
      ObjectNode purchases = parameters.putObject("purchases");
      purchases.put("kind", purchaseModel.kind());
      purchases.put("unit", "weeks");
      purchaseModel.parameters().forEach(purchases::put);
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

  /**
   * The model of a document.
   *
   * @throws IllegalArgumentException if the document is of an unknown kind, reads other inputs, is
   *     incomplete, or its test vectors do not come out to the bit
   */
  public static LifetimeModel read(ModelDocument document) {
    if (!document.inputs().equals(inputs(PaidDays.REPEAT))
        && !document.inputs().equals(inputs(PaidDays.ALL))) {
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
    if (!document.inputs().equals(inputs(model.paidDays()))) {
      throw new IllegalArgumentException(
          "model '%s' is of kind '%s' and should read %s, not %s"
              .formatted(
                  document.name(), document.kind(), inputs(model.paidDays()), document.inputs()));
    }
    for (int i = 0; i < document.testVectors().size(); i++) {
      TestVector vector = document.testVectors().get(i);
      LifetimeForecast forecast =
          new LifetimeForecast(
              model,
              (long) ModelDocument.number(vector.settings(), "horizonDays"),
              ModelDocument.number(vector.settings(), "discountRate"),
              ModelDocument.required(vector.settings(), "seed").longValue());
      TestVectors.check(
          document.name(),
          i + 1,
          vector,
          forecast.of(TestVectors.input(vector, vectors(model.paidDays()))));
    }
    return model;
  }

  private static @Nullable PurchaseModel purchases(ModelDocument document, JsonNode node) {
    if (node.isNull()) {
      return null;
    }
    try {
      return PurchaseModels.of(ModelDocument.required(node, "kind").asText(), numbers(node));
    } catch (IllegalArgumentException e) {
      throw wrong(document, e);
    }
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
