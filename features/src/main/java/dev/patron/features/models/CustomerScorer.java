package dev.patron.features.models;

import dev.patron.features.clv.LifetimeModel;
import dev.patron.features.explain.Reasons;
import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.ColumnBuilder;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.segments.SegmentModel;
import dev.patron.features.tables.Tables;
import dev.patron.features.trees.RefinedForecast;
import dev.patron.features.trees.Refinement;
import dev.patron.features.trees.TreeReasons;
import java.io.Serializable;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Scores customers: their segment, and what they will buy and spend. The same code, and the same
 * bits, in batch, in streaming and over HTTP; a customer's scores depend on that customer alone.
 */
public final class CustomerScorer implements Serializable {
  private final SegmentModel segments;
  private final ModelVersion segment;
  private final RefinedForecast forecast;
  private final ModelVersion lifetime;
  private final Reasons reasons;
  private final TreeReasons treeReasons;

  /**
   * A scorer with these models.
   *
   * @param asOf the observation time of the customers
   * @param horizonDays what is forecast, at least 1
   * @param discountRate a month, at least 0
   * @param seed of the draws behind {@code cltv_low} and {@code cltv_high}
   * @throws IllegalArgumentException if a document cannot be read or no longer scores as it did
   */
  public CustomerScorer(
      ModelVersion segment,
      ModelVersion lifetime,
      Instant asOf,
      long horizonDays,
      double discountRate,
      long seed) {
    segments = SegmentDocument.read(segment.document());
    this.segment = segment;
    LifetimeModel model = LifetimeDocument.read(lifetime.document());
    Refinement refinement = LifetimeDocument.refinement(lifetime.document(), asOf, horizonDays);
    forecast = new RefinedForecast(model, refinement, horizonDays, discountRate, seed);
    this.lifetime = lifetime;
    reasons = new Reasons(segments, model.whyInsufficient(), horizonDays);
    treeReasons = new TreeReasons(model, refinement);
  }

  /**
   * The scores of the customers of a features frame, row by row.
   *
   * @param features rows of {@link Tables#customerFeatures}, or at least {@code customer_id},
   *     {@code as_of} and the inputs of both models
   * @return rows of {@link Tables#customerScores}
   * @throws IllegalArgumentException if a column that a model reads is missing or of another type
   */
  public Frame score(Frame features) {
    segment.document().check(features.schema());
    lifetime.document().check(features.schema());
    int rows = features.rows();
    Frame assigned = segments.assign(features);
    Frame forecasts = forecast.of(features);
    Frame because = reasons.of(features, forecasts);
    long[] horizon = new long[rows];
    Arrays.fill(horizon, forecast.horizonDays());
    Schema schema = Tables.customerScores(features.schema().type("customer_id"));
    Column[] columns = new Column[schema.size()];
    for (int i = 0; i < columns.length; i++) {
      String name = schema.field(i).name();
      columns[i] =
          switch (name) {
            case "horizon_days" -> LongColumn.of(horizon);
            case "segment_model" -> repeated(segment.reference(), rows);
            case "cltv_model" -> repeated(lifetime.reference(), rows);
            case "reason_2" -> withTrees(because.bytes(name), treeReasons.of(features));
            default -> {
              if (forecasts.schema().has(name)) {
                yield forecasts.column(name);
              }
              if (because.schema().has(name)) {
                yield because.column(name);
              }
              yield (assigned.schema().has(name) ? assigned : features).column(name);
            }
          };
    }
    return Frame.of(schema, columns);
  }

  /** What the trees make of a customer, instead of a second look at the segment. */
  private static Column withTrees(BytesColumn reasons, @Nullable List<@Nullable String> ofTrees) {
    if (ofTrees == null) {
      return reasons;
    }
    BytesColumn.Builder column = (BytesColumn.Builder) ColumnBuilder.of(Type.STRING);
    for (int row = 0; row < ofTrees.size(); row++) {
      String ofTree = ofTrees.get(row);
      if (ofTree != null) {
        column.append(ofTree);
      } else if (reasons.isNull(row)) {
        column.appendNull();
      } else {
        column.append(reasons.text(row));
      }
    }
    return column.build();
  }

  private static Column repeated(String text, int rows) {
    BytesColumn.Builder column = (BytesColumn.Builder) ColumnBuilder.of(Type.STRING);
    for (int row = 0; row < rows; row++) {
      column.append(text);
    }
    return column.build();
  }
}
