package dev.patron.features.models;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where a model comes from; what the caller of a training knows.
 *
 * @param asOf the observation time: nothing later was seen
 * @param horizonDays what lifetime value is forecast for
 * @param discountRate a month
 * @param seed of everything that is drawn
 * @param customers how many there were
 * @param data the version or digest of each table that was read, by table
 * @param runId names the run that trained; stands in {@code MLmodel} alone
 */
public record TrainingFacts(
    Instant asOf,
    long horizonDays,
    double discountRate,
    long seed,
    long customers,
    Map<String, String> data,
    String runId) {

  public TrainingFacts {
    data = Map.copyOf(data);
  }

  /** When the run began, whose name says so; the observation time where it does not. */
  Instant createdAt() {
    try {
      return Instant.parse(runId);
    } catch (DateTimeParseException e) {
      return asOf;
    }
  }

  /** As documents hold it; without the run, which is not part of what a model is. */
  public ObjectNode node() {
    ObjectNode node = ModelDocument.NODES.objectNode();
    node.put("asOf", asOf.toString());
    node.put("horizonDays", horizonDays);
    node.put("discountRate", discountRate);
    node.put("seed", seed);
    node.put("customers", customers);
    ObjectNode tables = node.putObject("data");
    new TreeMap<>(data).forEach(tables::put);
    return node;
  }
}
