package dev.patron.runners.serving;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import dev.patron.features.models.CustomerScorer;
import dev.patron.features.models.LifetimeDocument;
import dev.patron.features.models.ModelRegistry;
import dev.patron.features.models.ModelVersion;
import dev.patron.features.models.SegmentDocument;
import dev.patron.pipelines.options.HorizonOptions;
import dev.patron.pipelines.stages.Models;
import dev.patron.pipelines.stages.Observed;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.TableSnapshot;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The champions of a warehouse and the customers that they know, all of one moment. Immutable: a
 * request is answered by one of these from beginning to end, whatever is promoted meanwhile.
 */
final class Champions {
  private static final String FEATURES = "gold/customer_features";

  private final Moment moment;
  private final CustomerScorer scorer;
  private final FeatureRows features;
  private final Type customerId;
  private final @Nullable CustomerIndex customers;

  private Champions(
      Moment moment,
      CustomerScorer scorer,
      FeatureRows features,
      Type customerId,
      @Nullable CustomerIndex customers) {
    this.moment = moment;
    this.scorer = scorer;
    this.features = features;
    this.customerId = customerId;
    this.customers = customers;
  }

  /**
   * What is there to load.
   *
   * @param segments the version of the champion of segments
   * @param lifetime the version of the champion of lifetime value
   * @param features the version of gold/customer_features; -1 if there is none
   */
  record Moment(int segments, int lifetime, long features) {

    /** What is there now; nothing as long as one of the champions is missing. */
    static Optional<Moment> now(String warehouse) throws IOException {
      ModelRegistry registry = Models.of(warehouse);
      Integer segments = registry.aliases(SegmentDocument.NAME).champion();
      Integer lifetime = registry.aliases(LifetimeDocument.NAME).champion();
      if (segments == null || lifetime == null) {
        return Optional.empty();
      }
      OptionalLong features = LakeTable.at(warehouse, FEATURES).version();
      return Optional.of(new Moment(segments, lifetime, features.orElse(-1)));
    }
  }

  /**
   * Loads what is there at this moment.
   *
   * @param before what was loaded last, of which customers that are still the same are kept
   * @throws IllegalArgumentException if a model cannot be read, or no longer scores as it did
   */
  static Champions load(
      String warehouse, Moment moment, HorizonOptions options, @Nullable Champions before)
      throws IOException {
    ModelRegistry registry = Models.of(warehouse);
    ModelVersion segments = registry.load(SegmentDocument.NAME, moment.segments());
    ModelVersion lifetime = registry.load(LifetimeDocument.NAME, moment.lifetime());
    if (moment.features() < 0) {
      FeatureRows rows = rows(Type.STRING, segments, lifetime);
      // Rows that do not say of what time they are, sent to a model alone, are taken to be of its.
      Instant asOf = LifetimeDocument.asOf(lifetime.document());
      return new Champions(
          moment, scorer(segments, lifetime, asOf, options), rows, Type.STRING, null);
    }
    TableSnapshot table = LakeTable.at(warehouse, FEATURES).snapshot(moment.features());
    CustomerScorer scorer =
        scorer(segments, lifetime, Values.instant(Observed.asOf(table)), options);
    Type customerId = table.schema().type(FeatureRows.CUSTOMER);
    FeatureRows rows = rows(customerId, segments, lifetime);
    List<String> columns = rows.schema().names();
    boolean same =
        before != null
            && before.customers != null
            && before.moment.features() == moment.features()
            && before.customers.columns().equals(columns);
    CustomerIndex customers =
        same ? Objects.requireNonNull(before).customers : CustomerIndex.of(table, columns);
    return new Champions(moment, scorer, rows, customerId, customers);
  }

  private static CustomerScorer scorer(
      ModelVersion segments, ModelVersion lifetime, Instant asOf, HorizonOptions options) {
    return new CustomerScorer(
        segments,
        lifetime,
        asOf,
        options.getHorizonDays(),
        options.getDiscountRate(),
        options.getSeed());
  }

  private static FeatureRows rows(Type customerId, ModelVersion segments, ModelVersion lifetime) {
    return new FeatureRows(customerId, segments.document().inputs(), lifetime.document().inputs());
  }

  /** What was loaded. */
  Moment moment() {
    return moment;
  }

  /** How many customers can be scored by their identity alone. */
  int customers() {
    return customers == null ? 0 : customers.size();
  }

  /** Scores of sent rows. */
  static final class Scores {
    private final int[] known;
    private final Frame identities;
    private final Frame scores;

    private Scores(int[] known, Frame identities, Frame scores) {
      this.known = known;
      this.identities = identities;
      this.scores = scores;
    }

    /** How many rows were sent. */
    int rows() {
      return known.length;
    }

    /** The place of a row in {@link #scores}; -1 for a customer whom nobody knows. */
    int place(int row) {
      return known[row];
    }

    /** Who was asked for, row by row. */
    Frame identities() {
      return identities;
    }

    /** Rows of gold/customer_scores. */
    Frame scores() {
      return scores;
    }
  }

  /**
   * Scores rows: by features, or, where they have {@code customer_id} and nothing else, by the
   * features that the shop's last run found for these customers.
   *
   * @throws BadRequest if a row cannot be scored, with its number and column
   */
  Scores score(SentRows sent) {
    if (!sent.columns().equals(List.of(FeatureRows.CUSTOMER))) {
      Frame rows = features.of(sent);
      String contradiction = Contradictions.in(rows);
      if (contradiction != null) {
        throw new BadRequest(contradiction);
      }
      int[] all = new int[rows.rows()];
      Arrays.setAll(all, row -> row);
      return new Scores(all, rows.select(List.of(FeatureRows.CUSTOMER)), scored(rows));
    }
    if (customers == null) {
      throw new BadRequest(
          "there is no gold/customer_features yet to look customers up in; send their features");
    }
    Frame identities = FeatureRows.identities(sent, customerId);
    int[] found = customers.find(identities);
    int[] known = new int[found.length];
    List<Integer> rows = new ArrayList<>();
    for (int i = 0; i < found.length; i++) {
      known[i] = found[i] < 0 ? -1 : rows.size();
      if (found[i] >= 0) {
        rows.add(found[i]);
      }
    }
    Frame features = customers.rows(rows.stream().mapToInt(Integer::intValue).toArray());
    return new Scores(known, identities, scored(features));
  }

  private Frame scored(Frame rows) {
    try {
      return scorer.scoreEachAsOfItsTime(rows);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw oneByOne(rows, e);
    }
  }

  /** Numbers that contradict one another are refused by the kernels, which do not count rows. */
  private BadRequest oneByOne(Frame rows, RuntimeException all) {
    for (int row = 0; row < rows.rows(); row++) {
      try {
        scorer.scoreEachAsOfItsTime(rows.slice(row, row + 1));
      } catch (IllegalArgumentException | ArithmeticException e) {
        return new BadRequest("row " + (row + 1) + ": " + e.getMessage());
      }
    }
    return new BadRequest(String.valueOf(all.getMessage()));
  }
}
