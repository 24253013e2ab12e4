package dev.patron.features.summary;

import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.Tables;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Who moved from which segment to which: counts for {@link Tables#SEGMENT_MIGRATION}. */
public final class SegmentMoves {
  /** The columns that the scores before and now are compared in. */
  public static final List<String> COLUMNS = List.of("customer_id", "segment");

  private static final Schema PARTIAL =
      Schema.of()
          .with("from_segment", Type.STRING)
          .with("to_segment", Type.STRING)
          .with("customers", Type.LONG);

  private SegmentMoves() {}

  /** The schema of partial counts: small frames to be concatenated. */
  public static Schema schema() {
    return PARTIAL;
  }

  private record Move(@Nullable String from, String to) {
    private static final Comparator<Move> ORDER =
        Comparator.comparing(Move::from, Comparator.nullsFirst(Comparator.<String>naturalOrder()))
            .thenComparing(Move::to);
  }

  /**
   * Counts the moves of some customers. A customer without a segment before is new; one who has
   * none now has left the table and is not counted.
   *
   * @param before {@link #COLUMNS} of some customers as they were, in any order
   * @param now the same of the same customers as they are
   */
  public static Frame partial(Frame before, Frame now) {
    Frame old = before.sort(List.of("customer_id"));
    Frame current = now.sort(List.of("customer_id"));
    Column oldId = old.column("customer_id");
    Column id = current.column("customer_id");
    BytesColumn oldSegment = old.bytes("segment");
    BytesColumn segment = current.bytes("segment");
    Map<Move, Long> moves = new TreeMap<>(Move.ORDER);
    int next = 0;
    for (int row = 0; row < current.rows(); row++) {
      while (next < old.rows() && oldId.compare(next, id, row) < 0) {
        next++;
      }
      boolean known = next < old.rows() && oldId.same(next, id, row);
      moves.merge(new Move(known ? oldSegment.text(next) : null, segment.text(row)), 1L, Long::sum);
    }
    return frame(moves);
  }

  private static Frame frame(Map<Move, Long> moves) {
    FrameBuilder out = new FrameBuilder(PARTIAL);
    moves.forEach(
        (move, customers) -> {
          if (move.from() == null) {
            out.column("from_segment").appendNull();
          } else {
            out.bytes("from_segment").append(move.from());
          }
          out.bytes("to_segment").append(move.to());
          out.longs("customers").append(customers);
        });
    return out.build();
  }

  /** Partial counts joined: one row a move. */
  public static Frame merge(Frame partials) {
    Map<Move, Long> moves = new TreeMap<>(Move.ORDER);
    BytesColumn from = partials.bytes("from_segment");
    for (int row = 0; row < partials.rows(); row++) {
      moves.merge(
          new Move(
              from.isNull(row) ? null : from.text(row), partials.bytes("to_segment").text(row)),
          partials.longs("customers").get(row),
          Long::sum);
    }
    return frame(moves);
  }

  /**
   * {@link Tables#SEGMENT_MIGRATION} of these partial counts.
   *
   * @param before the observation time of the scores before, in microseconds
   * @param now the observation time of the scores now, in microseconds
   */
  public static Frame migration(Frame partials, long before, long now) {
    Frame counts = merge(partials);
    FrameBuilder out = new FrameBuilder(Tables.SEGMENT_MIGRATION);
    for (int row = 0; row < counts.rows(); row++) {
      out.longs("from_as_of").append(before);
      out.longs("to_as_of").append(now);
      for (int column = 0; column < 3; column++) {
        out.column(column + 2).appendFrom(counts.column(column), row);
      }
    }
    return out.build();
  }
}
