package dev.patron.pipelines.training;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.patron.features.clv.RandomDraws;
import dev.patron.features.drift.FeatureCounts;
import dev.patron.features.frame.Frame;
import dev.patron.features.models.ModelFiles;
import dev.patron.features.models.TrainingFacts;
import dev.patron.features.rfm.RfmScores;
import dev.patron.features.segments.SegmentModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fits customer segments by K-Means on z-scores of ln(1 + v) of recency, frequency and monetary
 * value. The same customers give the same model, to the bit, in any order.
 *
 * <p>The number of segments is the largest from 3 to 6 that is stable (a mean adjusted Rand index
 * of at least 0.90 between the segments and those of bootstrap resamples) and whose smallest
 * segment holds at least 3 % of the customers. If none is, it is the most stable of those with no
 * tiny segment, or else of all.
 */
public final class SegmentTraining {
  private static final int FEWEST = 3;
  private static final int MOST = 6;
  private static final double STABLE = 0.90;
  private static final double SMALLEST_SHARE = 0.03;
  private static final int FEWEST_STARTS = 10;

  /** Of few customers a start costs next to nothing, and ten miss the best place more often. */
  private static final int STARTED_ROWS = 100_000;

  private static final int MOST_STARTS = 100;
  private static final int BOOTSTRAPS = 10;
  private static final int BOOTSTRAP_STARTS = 3;
  private static final int BOOTSTRAP_ROWS = 10_000;
  private static final int SILHOUETTE_ROWS = 2_000;

  /** Of more customers than this a seeded sample looks for the places of the clusters. */
  private static final int SEARCH_ROWS = 100_000;

  /** The greatest number of customers that are fitted unless the caller says otherwise. */
  public static final int DEFAULT_MOST_ROWS = 2_000_000;

  private final RfmScores rfm;
  private final @Nullable Integer k;
  private final long seed;
  private final int mostRows;
  private final @Nullable SegmentModel champion;
  private final int greatestId;

  /**
   * A training.
   *
   * @param rfm the edges that segments are named by
   * @param k the number of segments; null: chosen
   * @param seed of the starts, resamples and samples
   * @param mostRows how many customers are fitted at most; of more a seeded sample is
   */
  public SegmentTraining(RfmScores rfm, @Nullable Integer k, long seed, int mostRows) {
    this(rfm, k, seed, mostRows, null, 0);
  }

  /**
   * The same, continuing a champion: segments that are still there keep their ids and names.
   *
   * @param champion null: there is none yet
   * @param greatestId that any version gave to a segment; 0 if there is none
   */
  public SegmentTraining(
      RfmScores rfm,
      @Nullable Integer k,
      long seed,
      int mostRows,
      @Nullable SegmentModel champion,
      int greatestId) {
    if (k != null && k < 1) {
      throw new IllegalArgumentException("k is " + k + "; at least 1 segment is wanted");
    }
    if (mostRows < 1) {
      throw new IllegalArgumentException("mostRows is " + mostRows + "; at least 1 is wanted");
    }
    this.rfm = rfm;
    this.k = k;
    this.seed = seed;
    this.mostRows = mostRows;
    this.champion = champion;
    this.greatestId = champion == null ? greatestId : Math.max(greatestId, greatest(champion));
  }

  /**
   * A number of segments that was tried.
   *
   * @param k the number of segments
   * @param inertia the sum of squared distances to the centroids
   * @param silhouette the mean silhouette of a sample
   * @param stability the mean adjusted Rand index over the bootstrap resamples
   * @param sizes customers of each segment, the most valuable first
   */
  public record Candidate(
      int k, double inertia, double silhouette, double stability, List<Integer> sizes) {
    double smallestShare() {
      int all = sizes.stream().mapToInt(Integer::intValue).sum();
      return sizes.stream().mapToInt(Integer::intValue).min().orElse(0) / (double) all;
    }
  }

  /**
   * A fitted segmentation.
   *
   * @param model what scores
   * @param candidates what was tried, by number of segments
   * @param customers how many had a positive monetary value
   * @param rows how many of them were fitted
   * @param sizes how many of those are in each segment of the model
   * @param reason why this number of segments
   */
  public record Fit(
      SegmentModel model,
      List<Candidate> candidates,
      long customers,
      int rows,
      List<Integer> sizes,
      String reason) {}

  /** The files of a new version, by name. */
  public Map<String, String> train(Iterable<Frame> features, TrainingFacts facts) {
    Fit fit = fit(features);
    FeatureCounts customers = new FeatureCounts();
    for (Frame frame : features) {
      customers.add(frame, fit.model().assign(frame));
    }
    return ModelFiles.of(fit.model(), customers, facts, metrics(fit), card(fit, facts));
  }

  private static int greatest(SegmentModel model) {
    return model.ids()[model.k() - 1];
  }

  /** Fits segments to the customers of these frames. */
  public Fit fit(Iterable<Frame> features) {
    CustomerSample sample = sample(features, true);
    if (sample.seen() == 0) {
      sample = sample(features, false);
    }
    double[][] rows = sample.rows();
    int measures = SegmentModel.MEASURES.size();
    if (rows.length == 0) {
      SegmentModel one =
          SegmentModel.named(
              new double[measures], new double[measures], new double[1][measures], rfm);
      return new Fit(
          one, List.of(), 0, 0, List.of(0), "there are no customers; everybody is in one segment");
    }
    double[] means = new double[measures];
    double[] deviations = new double[measures];
    double[][] points = standardise(rows, means, deviations);
    int distinct = distinct(points);

    List<Candidate> candidates = new ArrayList<>();
    List<Clusters> fitted = new ArrayList<>();
    for (int tried : counts(distinct)) {
      Clusters clusters = ordered(search(points, tried), points);
      fitted.add(clusters);
      candidates.add(
          new Candidate(
              clusters.k(),
              clusters.inertia(),
              silhouette(points, clusters),
              stability(points, clusters),
              Arrays.stream(clusters.sizes()).boxed().toList()));
    }
    int chosen = choose(candidates);
    double[][] centroids = fitted.get(chosen).centroids();
    SegmentModel model =
        champion == null
            ? SegmentModel.named(means, deviations, centroids, rfm, greatestId)
            : champion.continuedBy(means, deviations, centroids, rfm, greatestId);
    return new Fit(
        model,
        candidates,
        sample.seen(),
        rows.length,
        sizes(points, model),
        reason(candidates.get(chosen), distinct));
  }

  private Clusters search(double[][] points, int count) {
    int starts = starts(points.length);
    return points.length <= SEARCH_ROWS
        ? Clusters.fit(points, count, starts, seed)
        : Clusters.from(
            points,
            Clusters.fit(Arrays.copyOf(points, SEARCH_ROWS), count, starts, seed).centroids());
  }

  private static int starts(int customers) {
    return Math.min(MOST_STARTS, Math.max(FEWEST_STARTS, STARTED_ROWS / Math.max(1, customers)));
  }

  private static List<Integer> sizes(double[][] points, SegmentModel model) {
    Integer[] sizes = new Integer[model.k()];
    Arrays.fill(sizes, 0);
    double[][] centroids = model.centroids();
    for (double[] point : points) {
      sizes[SegmentModel.nearest(centroids, point)]++;
    }
    return List.of(sizes);
  }

  private CustomerSample sample(Iterable<Frame> features, boolean positiveOnly) {
    CustomerSample sample = new CustomerSample(mostRows, seed, positiveOnly);
    features.forEach(sample::add);
    return sample;
  }

  private static double[][] standardise(double[][] rows, double[] means, double[] deviations) {
    double[][] points = new double[rows.length][means.length];
    for (int j = 0; j < means.length; j++) {
      double sum = 0;
      for (int i = 0; i < rows.length; i++) {
        points[i][j] = SegmentModel.logarithm(rows[i][j]);
        sum += points[i][j];
      }
      means[j] = sum / rows.length;
      double squares = 0;
      for (double[] point : points) {
        squares += (point[j] - means[j]) * (point[j] - means[j]);
      }
      double deviation = Math.sqrt(squares / rows.length);
      // Equal values differ from their mean by rounding at most.
      deviations[j] = deviation <= 1e-12 * (1 + Math.abs(means[j])) ? 0 : deviation;
      for (double[] point : points) {
        point[j] = deviations[j] == 0 ? 0 : (point[j] - means[j]) / deviations[j];
      }
    }
    return points;
  }

  private static int distinct(double[][] points) {
    double[][] sorted = points.clone();
    Arrays.sort(sorted, Arrays::compare);
    int distinct = 0;
    for (int i = 0; i < sorted.length && distinct <= MOST; i++) {
      if (i == 0 || !Arrays.equals(sorted[i - 1], sorted[i])) {
        distinct++;
      }
    }
    return distinct;
  }

  private List<Integer> counts(int distinct) {
    if (k != null) {
      return List.of(distinct > MOST ? k : Math.min(k, distinct));
    }
    List<Integer> counts = new ArrayList<>();
    for (int count = FEWEST; count <= Math.min(MOST, distinct); count++) {
      counts.add(count);
    }
    return counts.isEmpty() ? List.of(distinct) : counts;
  }

  /** The same clusters in the order in which the model numbers its segments. */
  private Clusters ordered(Clusters clusters, double[][] points) {
    double[] none = new double[SegmentModel.MEASURES.size()];
    return Clusters.from(
        points, SegmentModel.named(none, none, clusters.centroids(), rfm).centroids());
  }

  private double silhouette(double[][] points, Clusters clusters) {
    int rows = Math.min(points.length, SILHOUETTE_ROWS);
    return ClusterQuality.silhouette(
        Arrays.copyOf(points, rows), Arrays.copyOf(clusters.labels(), rows), clusters.k());
  }

  private double stability(double[][] points, Clusters clusters) {
    if (clusters.k() == 1) {
      return 1;
    }
    int rows = Math.min(points.length, BOOTSTRAP_ROWS);
    double[][] first = Arrays.copyOf(points, rows);
    int[] labels = Arrays.copyOf(clusters.labels(), rows);
    double sum = 0;
    for (int b = 0; b < BOOTSTRAPS; b++) {
      RandomDraws draws = new RandomDraws(seed + b);
      double[][] resample = new double[rows][];
      Arrays.setAll(resample, i -> first[draws.integer(rows)]);
      Clusters again = Clusters.fit(resample, clusters.k(), BOOTSTRAP_STARTS, seed + b);
      sum += ClusterQuality.adjustedRandIndex(labels, again.labels(first), clusters.k(), again.k());
    }
    return sum / BOOTSTRAPS;
  }

  private static boolean hasNoTinySegment(Candidate candidate) {
    return candidate.smallestShare() >= SMALLEST_SHARE;
  }

  private static int choose(List<Candidate> candidates) {
    for (int i = candidates.size() - 1; i >= 0; i--) {
      if (candidates.get(i).stability() >= STABLE && hasNoTinySegment(candidates.get(i))) {
        return i;
      }
    }
    boolean anyWithoutTiny = candidates.stream().anyMatch(SegmentTraining::hasNoTinySegment);
    int best = -1;
    for (int i = 0; i < candidates.size(); i++) {
      if ((!anyWithoutTiny || hasNoTinySegment(candidates.get(i)))
          && (best < 0 || candidates.get(i).stability() > candidates.get(best).stability())) {
        best = i;
      }
    }
    return best;
  }

  private String reason(Candidate chosen, int distinct) {
    if (k != null) {
      return chosen.k() == k
          ? "the number of segments was given"
          : "%d segments were asked for, but %s".formatted(k, onlyDistinct(chosen.k()));
    }
    if (distinct < FEWEST) {
      return onlyDistinct(distinct);
    }
    if (chosen.stability() >= STABLE && hasNoTinySegment(chosen)) {
      return "the largest number from 3 to 6 that is stable (ARI of at least 0.90) without a segment"
          + " of less than 3 %";
    }
    return "no number from 3 to 6 is stable (ARI of at least 0.90) without a segment of less than 3"
        + " %; this is the most stable one";
  }

  private static String onlyDistinct(int customers) {
    return customers == 1
        ? "there is only 1 distinct customer"
        : "there are only %d distinct customers".formatted(customers);
  }

  private ObjectNode metrics(Fit fit) {
    ObjectNode metrics = JsonNodeFactory.instance.objectNode();
    metrics.put("customers", fit.customers());
    metrics.put("rows_fitted", fit.rows());
    metrics.put("k", fit.model().k());
    ArrayNode candidates = metrics.putArray("candidates");
    for (Candidate candidate : fit.candidates()) {
      ObjectNode node = candidates.addObject();
      node.put("k", candidate.k());
      node.put("inertia", candidate.inertia());
      node.put("silhouette", candidate.silhouette());
      node.put("stability_ari", candidate.stability());
      ArrayNode sizes = node.putArray("sizes");
      candidate.sizes().forEach(sizes::add);
    }
    return metrics;
  }

  private String card(Fit fit, TrainingFacts facts) {
    StringBuilder card = new StringBuilder("# Segments\n\n");
    Cards.facts(card, facts);
    card.append(
        "K-Means on z-scores of ln(1 + v) of recency days, frequency and monetary value;"
            + " k-means++ with %d seeded starts, best inertia.\n\n".formatted(starts(fit.rows())));
    if (fit.rows() < fit.customers()) {
      card.append(
          "Fitted on a seeded sample of %d of the %d customers with positive monetary value.\n\n"
              .formatted(fit.rows(), fit.customers()));
    } else {
      card.append(
          "Fitted on all customers with positive monetary value, %d; the others are scored with it"
                  .formatted(fit.customers())
              + " taken as 0.\n\n");
    }
    if (fit.rows() > SEARCH_ROWS) {
      card.append(
          "Places were looked for on a seeded sample of %d of them, and settled on all.\n\n"
              .formatted(SEARCH_ROWS));
    }
    if (champion != null) {
      card.append(
          "Segments that continue one of the champion's keep its id and name; ids above %d are new.\n\n"
              .formatted(greatestId));
    }
    card.append("**%d segments**: %s.\n\n".formatted(fit.model().k(), fit.reason()));
    card.append("| id | segment | customers fitted | recency days | frequency | monetary |\n");
    card.append("|---|---|---|---|---|---|\n");
    for (int i = 0; i < fit.model().k(); i++) {
      double[] centroid = fit.model().centroid(i);
      card.append(
          String.format(
              Locale.ROOT,
              "| %d | %s | %d | %.1f | %.2f | %.2f |\n",
              fit.model().ids()[i],
              fit.model().names().get(i),
              fit.sizes().get(i),
              centroid[0],
              centroid[1],
              centroid[2]));
    }
    card.append("\n| k | inertia | silhouette (sample) | stability (ARI) | sizes |\n");
    card.append("|---|---|---|---|---|\n");
    for (Candidate candidate : fit.candidates()) {
      card.append(
          String.format(
              Locale.ROOT,
              "| %d | %.1f | %.3f | %.3f | %s |\n",
              candidate.k(),
              candidate.inertia(),
              candidate.silhouette(),
              candidate.stability(),
              candidate.sizes()));
    }
    return card.toString();
  }
}
