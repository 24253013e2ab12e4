package dev.patron.features.rfm;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.ColumnBuilder;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.Tables;
import java.io.Serializable;
import java.util.Arrays;

/**
 * Scores from 1 (worst) to 5 (best) by where a value lies among all customers' values, and the name
 * of the customer's RFM segment. Immutable.
 *
 * <p>The rule, for n customers: a value scores {@code 1 + floor(5 * worse / n)}, where {@code
 * worse} customers have a worse value; that is, 1 plus the number of quintile edges (20, 40, 60, 80
 * %) that the value exceeds. Customers with equal values always score equally, in any order of the
 * rows. Two exceptions keep heavy ties and tiny shops sensible: the best of several distinct values
 * always scores 5, and where all customers have the same value there is nothing to rank and all
 * score 3.
 *
 * <p>A value that no customer had when the edges were made scores as the next better value that
 * somebody had, and beyond the best one as the best.
 */
public final class RfmScores implements Serializable {
  /** The best score. */
  public static final int BEST = 5;

  private static final int MIDDLE = 3;

  /** For each measure the scores in use, ascending, and the values from and to which each holds. */
  private final int[][] scores;

  private final double[][] from;
  private final double[][] to;
  private final long[][] customers;
  private final RfmSegments segments;

  private RfmScores(
      int[][] scores, double[][] from, double[][] to, long[][] customers, RfmSegments segments) {
    this.scores = scores;
    this.from = from;
    this.to = to;
    this.customers = customers;
    this.segments = segments;
  }

  /** The scores that follow from these counts, with these names. */
  public static RfmScores of(RfmCounts counts, RfmSegments segments) {
    FrameBuilder edges = new FrameBuilder(Tables.RFM_EDGES);
    for (Measure measure : Measure.values()) {
      appendEdges(measure, counts, edges);
    }
    return ofEdges(edges.build(), segments);
  }

  private static void appendEdges(Measure measure, RfmCounts counts, FrameBuilder edges) {
    double[] values = counts.distinct(measure);
    long[] customers = counts.customers(measure);
    long all = Arrays.stream(customers).sum();
    long worse = 0;
    int begin = 0;
    int scoreOfBegin = 0;
    long members = 0;
    for (int i = 0; i < values.length; i++) {
      int score;
      if (values.length == 1) {
        score = MIDDLE;
      } else if (i == values.length - 1) {
        score = BEST;
      } else {
        score = (int) (1 + 5 * worse / all);
      }
      if (i > 0 && score != scoreOfBegin) {
        appendEdge(measure, scoreOfBegin, values, begin, i - 1, members, edges);
        begin = i;
        members = 0;
      }
      scoreOfBegin = score;
      long here = customers[fromWorst(measure, values, i)];
      worse += here;
      members += here;
    }
    if (values.length > 0) {
      appendEdge(measure, scoreOfBegin, values, begin, values.length - 1, members, edges);
    }
  }

  /** Where the i-th value counted from the worst is. */
  private static int fromWorst(Measure measure, double[] ascending, int i) {
    return measure.lessIsBetter() ? ascending.length - 1 - i : i;
  }

  private static void appendEdge(
      Measure measure,
      int score,
      double[] values,
      int worst,
      int best,
      long members,
      FrameBuilder edges) {
    double one = values[fromWorst(measure, values, worst)];
    double other = values[fromWorst(measure, values, best)];
    edges.bytes("measure").append(measure.column());
    edges.longs("score").append(score);
    edges.doubles("from_value").append(Math.min(one, other));
    edges.doubles("to_value").append(Math.max(one, other));
    edges.longs("customers").append(members);
  }

  /**
   * The scores that these edges describe.
   *
   * @param edges what {@link #edges()} gives: rows of {@link Tables#RFM_EDGES}, for each measure by
   *     ascending score
   * @throws IllegalArgumentException if a score is not from 1 to 5 or the edges are out of order
   */
  public static RfmScores ofEdges(Frame edges, RfmSegments segments) {
    int measures = Measure.values().length;
    int[] sizes = new int[measures];
    for (int row = 0; row < edges.rows(); row++) {
      sizes[Measure.ofColumn(edges.bytes("measure").text(row)).position()]++;
    }
    int[][] scores = new int[measures][];
    double[][] from = new double[measures][];
    double[][] to = new double[measures][];
    long[][] customers = new long[measures][];
    for (int i = 0; i < measures; i++) {
      scores[i] = new int[sizes[i]];
      from[i] = new double[sizes[i]];
      to[i] = new double[sizes[i]];
      customers[i] = new long[sizes[i]];
    }
    int[] next = new int[measures];
    for (int row = 0; row < edges.rows(); row++) {
      Measure measure = Measure.ofColumn(edges.bytes("measure").text(row));
      int m = measure.position();
      int at = next[m]++;
      scores[m][at] = Math.toIntExact(edges.longs("score").get(row));
      from[m][at] = edges.doubles("from_value").get(row);
      to[m][at] = edges.doubles("to_value").get(row);
      customers[m][at] = edges.longs("customers").get(row);
      boolean ordered =
          at == 0
              || (scores[m][at - 1] < scores[m][at]
                  && (measure.lessIsBetter()
                      ? to[m][at] < from[m][at - 1]
                      : to[m][at - 1] < from[m][at]));
      if (!ordered || scores[m][at] < 1 || scores[m][at] > BEST || from[m][at] > to[m][at]) {
        throw new IllegalArgumentException(
            "RFM edges of '%s' are out of order at score %d"
                .formatted(measure.column(), scores[m][at]));
      }
    }
    return new RfmScores(scores, from, to, customers, segments);
  }

  /** The edges: rows of {@link Tables#RFM_EDGES} by measure and ascending score. */
  public Frame edges() {
    FrameBuilder edges = new FrameBuilder(Tables.RFM_EDGES);
    for (Measure measure : Measure.values()) {
      int m = measure.position();
      for (int i = 0; i < scores[m].length; i++) {
        edges.bytes("measure").append(measure.column());
        edges.longs("score").append(scores[m][i]);
        edges.doubles("from_value").append(from[m][i]);
        edges.doubles("to_value").append(to[m][i]);
        edges.longs("customers").append(customers[m][i]);
      }
    }
    return edges.build();
  }

  /** The names of the cells. */
  public RfmSegments segments() {
    return segments;
  }

  /** Whether there are edges for every measure; there are none where nobody was counted. */
  public boolean known() {
    for (int[] ofMeasure : scores) {
      if (ofMeasure.length == 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * The score of a value, 1 to 5.
   *
   * @throws IllegalStateException if no customer was counted
   */
  public int score(Measure measure, double value) {
    return score(measure, new double[] {value})[0];
  }

  /** The scores of these values; 0 where there is none. */
  private int[] score(Measure measure, double[] values) {
    int m = measure.position();
    int last = scores[m].length - 1;
    boolean less = measure.lessIsBetter();
    double[] ends = less ? from[m] : to[m];
    int[] scored = new int[values.length];
    for (int row = 0; row < values.length; row++) {
      double value = values[row];
      if (Double.isNaN(value)) {
        continue;
      }
      if (last < 0) {
        throw new IllegalStateException("no customer was counted for '" + measure.column() + "'");
      }
      int at = 0;
      while (at < last && (less ? value < ends[at] : value > ends[at])) {
        at++;
      }
      scored[row] = scores[m][at];
    }
    return scored;
  }

  /**
   * The frame with {@code r_score}, {@code f_score}, {@code m_score} and {@code rfm_segment} filled
   * in; null where a measure is null.
   */
  public Frame score(Frame features) {
    int[][] scored = new int[Measure.values().length][];
    for (Measure measure : Measure.values()) {
      scored[measure.position()] = score(measure, Measure.values(features, measure.column()));
    }
    return with(features, scored, segments);
  }

  private static Column column(int[] scores) {
    LongColumn.Builder column = (LongColumn.Builder) ColumnBuilder.of(Type.LONG);
    for (int score : scores) {
      if (score == 0) {
        column.appendNull();
      } else {
        column.append(score);
      }
    }
    return column.build();
  }

  /** The frame with these scores, by measure and row, and the names that follow; 0 is no score. */
  static Frame with(Frame features, int[][] scores, RfmSegments segments) {
    Frame scored = features;
    String[] columns = {"r_score", "f_score", "m_score"};
    for (Measure measure : Measure.values()) {
      int[] ofMeasure = scores[measure.position()];
      scored = scored.with(columns[measure.position()], Type.LONG, column(ofMeasure));
    }
    BytesColumn.Builder names = (BytesColumn.Builder) ColumnBuilder.of(Type.STRING);
    byte[][] ofCell = new byte[(BEST + 1) * (BEST + 1) * (BEST + 1)][];
    for (int row = 0; row < features.rows(); row++) {
      int r = scores[0][row];
      int f = scores[1][row];
      int m = scores[2][row];
      if (r == 0 || f == 0 || m == 0) {
        names.appendNull();
        continue;
      }
      int cell = (r * (BEST + 1) + f) * (BEST + 1) + m;
      byte[] name = ofCell[cell];
      if (name == null) {
        name = segments.name(r, f, m).getBytes(UTF_8);
        ofCell[cell] = name;
      }
      names.append(name, 0, name.length);
    }
    return scored.with("rfm_segment", Type.STRING, names.build());
  }
}
