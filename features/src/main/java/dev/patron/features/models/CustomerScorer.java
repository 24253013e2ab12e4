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
import dev.patron.features.frame.Values;
import dev.patron.features.segments.SegmentModel;
import dev.patron.features.tables.Tables;
import dev.patron.features.trees.RefinedForecast;
import dev.patron.features.trees.Refinement;
import dev.patron.features.trees.TreeReasons;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
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
  private final LifetimeModel model;
  private final Refinement trained;
  private final double discountRate;
  private final long seed;

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
    model = LifetimeDocument.read(lifetime.document());
    trained = LifetimeDocument.refinement(lifetime.document());
    this.discountRate = discountRate;
    this.seed = seed;
    Refinement refinement =
        LifetimeDocument.refinement(
            trained, LifetimeDocument.daysLater(lifetime.document(), asOf, horizonDays));
    forecast = new RefinedForecast(model, refinement, horizonDays, discountRate, seed);
    this.lifetime = lifetime;
    reasons = new Reasons(segments, model.whyInsufficient(), horizonDays);
    treeReasons = new TreeReasons(model, refinement);
  }

  /** The same scorer of a window that begins so many days after that of the training. */
  private CustomerScorer(CustomerScorer other, OptionalLong daysLater) {
    segments = other.segments;
    segment = other.segment;
    model = other.model;
    trained = other.trained;
    discountRate = other.discountRate;
    seed = other.seed;
    lifetime = other.lifetime;
    reasons = other.reasons;
    Refinement refinement = LifetimeDocument.refinement(trained, daysLater);
    forecast =
        new RefinedForecast(model, refinement, other.forecast.horizonDays(), discountRate, seed);
    treeReasons = new TreeReasons(model, refinement);
  }

  /**
   * The scores of customers who need not be of one time: each as of its own {@code as_of}, and
   * where that is null as of the time of this scorer.
   *
   * @param features as for {@link #score}
   * @return what scorers of those times give, row by row and to the bit
   * @throws IllegalArgumentException as {@link #score} does
   */
  public Frame scoreEachAsOfItsTime(Frame features) {
    if (!trained.hasSeason()) {
      return score(features);
    }
    LongColumn asOf = features.longs("as_of");
    // What a time changes is its day of the season alone, of which there are few.
    Map<Optional<OptionalLong>, IntArrayList> times = new LinkedHashMap<>();
    for (int row = 0; row < features.rows(); row++) {
      Optional<OptionalLong> time =
          asOf.isNull(row)
              ? Optional.empty()
              : Optional.of(
                  LifetimeDocument.daysLater(
                      lifetime.document(), Values.instant(asOf.get(row)), forecast.horizonDays()));
      times.computeIfAbsent(time, any -> new IntArrayList()).add(row);
    }
    List<Frame> scores = new ArrayList<>();
    int[] places = new int[features.rows()];
    int next = 0;
    for (Map.Entry<Optional<OptionalLong>, IntArrayList> time : times.entrySet()) {
      int[] rows = time.getValue().toIntArray();
      CustomerScorer scorer =
          time.getKey().map(days -> new CustomerScorer(this, days)).orElse(this);
      scores.add(scorer.score(times.size() == 1 ? features : features.take(rows)));
      for (int row : rows) {
        places[row] = next++;
      }
    }
    return scores.size() == 1
        ? scores.get(0)
        : Frame.concat(Tables.customerScores(features.schema().type("customer_id")), scores)
            .take(places);
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
