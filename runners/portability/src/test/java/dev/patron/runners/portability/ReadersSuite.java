package dev.patron.runners.portability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.pipelines.generate.Bookstore;
import dev.patron.pipelines.generate.BookstoreOptions;
import dev.patron.transforms.lake.Commit;
import dev.patron.transforms.lake.DataFileWriter;
import dev.patron.transforms.lake.LakeTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tables stay readable to others when their logs grow beyond checkpoints, and when they are cut.
 */
class ReadersSuite {
  private static final int COMMITS = 12;

  @TempDir Path folder;

  @Test
  void tablesAreReadBehindACheckpoint() throws IOException {
    Path shop = folder.resolve("shop");
    Bookstore.generate(BookstoreOptions.of(50, 3, shop), orders -> {});
    Path dataset = shop.resolve("dataset.yaml");
    Path warehouse = folder.resolve("warehouse");
    Program.run(Program.DIRECT, dataset, warehouse);
    Set<Row> before;
    long runs;
    try (DeltaReader reader = new DeltaReader()) {
      before = new HashSet<>(reader.rows(warehouse, "gold/customer_features"));
      runs = reader.table(warehouse, "ops/runs").count();
      for (String question : questionsOfThePage()) {
        assertThat(reader.sql(question.replace("`warehouse/", "`" + warehouse + "/")))
            .as(question)
            .isNotEmpty();
      }
    }
    assertThat(before).isNotEmpty();

    for (int commit = 0; commit < COMMITS; commit++) {
      // The last is as the first was; what is made of the same is not made again.
      String asOf = commit == COMMITS - 1 ? null : "2024-03-%02d".formatted(1 + commit);
      Program.features(Program.DIRECT, dataset, warehouse, asOf);
    }

    try (DeltaReader reader = new DeltaReader()) {
      // One table that is overwritten each time, one that grows.
      for (String table : List.of("gold/customer_features", "ops/runs")) {
        assertThat(log(warehouse, table)).anyMatch(file -> file.endsWith(".checkpoint.parquet"));
      }
      List<Row> after = reader.rows(warehouse, "gold/customer_features");
      assertThat(after).hasSameSizeAs(before);
      assertThat(new HashSet<>(after)).isEqualTo(before);
      assertThat(reader.table(warehouse, "ops/runs").count()).isEqualTo(runs + COMMITS);
    }

    // Both runners forget the same customer, and leave the same tables.
    Path other = folder.resolve("other");
    copy(warehouse, other);
    long customer = before.iterator().next().getAs("customer_id");
    Program.forget(Program.SPARK, dataset, warehouse, customer);
    Program.forget(Program.DIRECT, dataset, other, customer);
    assertThat(Program.verify(warehouse)).isEqualTo(Program.verify(other));
    before.removeIf(row -> row.<Long>getAs("customer_id") == customer);
    try (DeltaReader reader = new DeltaReader()) {
      assertThat(reader.rows(warehouse, "gold/customer_features")).hasSameSizeAs(before);
      for (String table : List.of("bronze/customers", "bronze/orders", "silver/orders")) {
        assertThat(log(warehouse, table)).filteredOn(file -> file.endsWith(".json")).hasSize(1);
        assertThat(reader.table(warehouse, table).count()).as(table).isPositive();
      }
      assertThat(
              reader
                  .table(warehouse, "silver/purchases")
                  .where("customer_id = " + customer)
                  .count())
          .isZero();
    }
  }

  /** Streams of Delta Lake pass over the one and stop at the other, and so do our increments. */
  @Test
  void rowsThatSparkHasMovedAreNotNewAndThoseItDeletesAreMissed() {
    LakeTable table = LakeTable.at(folder.toString(), "bronze/sales");
    for (long id = 0; id < 3; id++) {
      append(table, id);
    }
    try (DeltaReader spark = new DeltaReader()) {
      String place = "delta.`" + folder.resolve("bronze/sales") + "`";
      spark.sql("optimize " + place);
      assertThat(table.version()).hasValue(3);
      assertThat(table.snapshot().files()).hasSize(1);
      assertThat(table.snapshot().addedSince(0).orElseThrow()).hasSize(2);
      assertThat(table.snapshot().addedSince(2)).hasValue(List.of());

      append(table, 3);
      assertThat(table.snapshot().addedSince(2).orElseThrow()).hasSize(1);

      spark.sql("delete from " + place + " where id = 1");
      assertThatThrownBy(() -> table.snapshot().addedSince(4))
          .hasMessageContaining("bronze/sales: version 5 (DELETE by Apache-Spark/");
      append(table, 4);
      assertThat(table.snapshot().rows()).isEqualTo(4);
      assertThat(spark.rows(folder, "bronze/sales")).hasSize(4);
    }
  }

  private static void append(LakeTable table, long id) {
    Schema schema = Schema.of().with("id", Type.LONG);
    table.commit(
        Commit.append(
            schema,
            List.of(
                DataFileWriter.write(
                    table,
                    schema,
                    Map.of(),
                    List.of(Frame.ofRows(schema, List.of(List.of(id))))))));
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  /** What the page on other tools says that Spark users can ask. */
  private static List<String> questionsOfThePage() throws IOException {
    Path page = Program.BOOKSTORE.resolve("../../pipelines/query/NOTEBOOKS.md").normalize();
    List<String> questions =
        Pattern.compile("^```sql spark\\n(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE)
            .matcher(Files.readString(page))
            .results()
            .map(block -> block.group(1))
            .toList();
    assertThat(questions).hasSize(2);
    return questions;
  }

  private static List<String> log(Path warehouse, String table) throws IOException {
    try (Stream<Path> files = Files.list(warehouse.resolve(table).resolve("_delta_log"))) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
