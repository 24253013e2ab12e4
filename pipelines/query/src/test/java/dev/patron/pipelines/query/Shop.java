package dev.patron.pipelines.query;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.transforms.lake.Commit;
import dev.patron.transforms.lake.DataFile;
import dev.patron.transforms.lake.DataFileWriter;
import dev.patron.transforms.lake.LakeTable;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A small warehouse with one table of every sort that views must cope with. */
final class Shop {
  private static final Schema LINE =
      Schema.of().with("book_id", Type.LONG).with("price", new Type.Decimal(10, 2));

  /** Everything a column can be. */
  static final Schema ORDERS =
      Schema.of()
          .with("order_id", Type.LONG)
          .with("ordered_at", Type.TIMESTAMP)
          .with("total", new Type.Decimal(12, 2))
          .with("huge", new Type.Decimal(38, 4))
          .with("paid", Type.BOOLEAN)
          .with("lines", new Type.ListOf(new Type.RowOf(LINE)));

  private Shop() {}

  /** Writes the warehouse. */
  static void write(Path warehouse) {
    orders(LakeTable.at(warehouse.toString(), "silver/orders"));
    books(LakeTable.at(warehouse.toString(), "silver/books"));
    partitioned(LakeTable.at(warehouse.toString(), "bronze/orders"));
    Schema refused = Schema.of().with("reason", Type.STRING).with("seen_at", Type.TIMESTAMP);
    LakeTable.at(warehouse.toString(), "quarantine/orders")
        .commit(Commit.overwrite(refused, List.of()));
  }

  private static void orders(LakeTable table) {
    append(
        table,
        Frame.ofRows(
            ORDERS,
            List.of(
                Arrays.asList(
                    1L,
                    Instant.parse("2024-02-29T23:59:59.999999Z"),
                    new BigDecimal("12.50"),
                    new BigDecimal("1234567890123456789012345678901234.5678"),
                    true,
                    List.of(Arrays.asList(7L, new BigDecimal("9.99")), Arrays.asList(8L, null))),
                Arrays.asList(2L, null, null, null, null, null),
                Arrays.asList(
                    3L,
                    Instant.parse("1969-12-31T00:00:00Z"),
                    new BigDecimal("-0.01"),
                    new BigDecimal("0.0000"),
                    false,
                    List.of()))));
  }

  /** Version 0 has two columns, version 1 a third, version 2 other rows. */
  private static void books(LakeTable table) {
    Schema first = Schema.of().with("book_id", Type.LONG).with("title", Type.STRING);
    append(table, Frame.ofRows(first, List.of(List.of(1L, "Emma"))));
    Schema second = first.with("price", Type.DOUBLE);
    append(table, Frame.ofRows(second, List.of(List.of(2L, "It's \"2\"", 2.5))));
    Frame third = Frame.ofRows(second, List.of(List.of(3L, "Three", 3.5)));
    table.commit(Commit.overwrite(second, List.of(file(table, third, Map.of()))));
  }

  private static void partitioned(LakeTable table) {
    Schema schema = Schema.of().with("order_id", Type.LONG).with("_ingested_on", Type.DATE);
    Map<String, @Nullable String> unknown = new HashMap<>();
    unknown.put("_ingested_on", null);
    List<DataFile> files =
        List.of(
            file(table, ids(schema, 1), Map.of("_ingested_on", "2024-01-01")),
            file(table, ids(schema, 2), Map.of("_ingested_on", "2024-01-02")),
            file(table, ids(schema, 3), Map.of("_ingested_on", "2024-01-02")),
            file(table, ids(schema, 4), unknown));
    table.commit(Commit.append(schema, files).partitionedBy(List.of("_ingested_on")));
  }

  private static Frame ids(Schema schema, long id) {
    return Frame.ofRows(schema, List.of(List.of(id, LocalDate.EPOCH)));
  }

  /** Appends the rows as one more version. */
  static void append(LakeTable table, Frame rows) {
    table.commit(Commit.append(rows.schema(), List.of(file(table, rows, Map.of()))));
  }

  private static DataFile file(
      LakeTable table, Frame rows, Map<String, ? extends @Nullable String> partition) {
    return DataFileWriter.write(table, rows.schema(), partition, List.of(rows));
  }
}
