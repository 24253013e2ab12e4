package dev.patron.transforms;

import dev.patron.features.change.ChangeSpec;
import dev.patron.features.change.Events;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import dev.patron.features.tables.Tables;
import java.time.Instant;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.jupiter.api.Test;

/** The README's example of the transforms as a library. */
class LibraryExampleTest {
  private static final org.apache.beam.sdk.schemas.Schema CHANGES =
      Frames.toBeam(
          Schema.of()
              .with("book_id", Type.LONG)
              .with("price", Type.DOUBLE)
              .with("_op", Type.STRING)
              .with("_position", Type.STRING)
              .with("_instant", Type.TIMESTAMP));

  private static Row change(long book, double price, String op, String position, String at) {
    return Row.withSchema(CHANGES).addValues(book, price, op, position, Instant.parse(at)).build();
  }

  @Test
  void anybodysRowsOfChangesBecomeAHistory() {
    Pipeline pipeline = AnyRunner.pipeline();
    PCollection<Row> changes =
        pipeline.apply(
            Create.of(
                    change(1, 12.0, "u", "0002", "2024-02-01T00:00:00Z"),
                    change(1, 10.0, "c", "0001", "2024-01-01T00:00:00Z"))
                .withRowSchema(CHANGES));

    Schema book = Schema.of().with("book_id", Type.LONG).with("price", Type.DOUBLE);
    ChangeSpec spec = new ChangeSpec("books", book, List.of("book_id"), List.of("price"), true);
    PCollection<Row> history =
        changes // rows with the book's columns, _op, _position and _instant
            .apply("To frames", Frames.fromRows(changes.getSchema()))
            .apply("To events", MapFrames.through(f -> f.conform(Events.schema(book))))
            .apply("Keep the history of books", KeepHistory.of(spec, 16))
            .get(KeepHistory.ROWS)
            .apply("To rows", Frames.toRows(book.and(Tables.HISTORY)));

    PAssert.that(
            history.apply(
                MapElements.into(TypeDescriptors.strings())
                    .via(
                        row ->
                            "%s from %s to %s"
                                .formatted(
                                    row.getValue("price"),
                                    row.getValue("valid_from"),
                                    row.getValue("valid_to")))))
        .containsInAnyOrder(
            "10.0 from 2024-01-01T00:00:00Z to " + Values.instant(1706745600000000L),
            "12.0 from 2024-02-01T00:00:00Z to null");
    pipeline.run().waitUntilFinish();
  }
}
