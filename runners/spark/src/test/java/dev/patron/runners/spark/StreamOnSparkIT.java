package dev.patron.runners.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.pipelines.generate.Bookstore;
import dev.patron.pipelines.generate.BookstoreOptions;
import dev.patron.pipelines.generate.live.PlayToKafka;
import dev.patron.testing.KafkaBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stream's increments, several in one Spark context, give the tables of one run over files. */
class StreamOnSparkIT {
  @Test
  void incrementsInOneContextGiveTheTablesOfTheFiles(@TempDir Path folder) throws Exception {
    Path shop = folder.resolve("shop");
    Bookstore.generate(BookstoreOptions.of(40, 11, shop), orders -> {});
    Program.run(Program.DIRECT, shop.resolve("dataset.yaml"), folder.resolve("files"));
    KafkaBroker broker = KafkaBroker.shared();
    PlayToKafka.play(shop, broker.bootstrap(), 0, records -> {});
    Path dataset =
        Files.writeString(
            shop.resolve("dataset-streamed.yaml"),
            Files.readString(shop.resolve("dataset-kafka.yaml"))
                .replace("${KAFKA_BOOTSTRAP}", broker.bootstrap()));

    List<String> said =
        Program.stream(
            Program.SPARK,
            dataset,
            folder.resolve("streamed"),
            "--untilCaughtUp",
            "--every=PT0S",
            "--maxRecordsPerIncrement=300");

    assertThat(said).filteredOn(line -> line.contains(": increment ")).hasSizeGreaterThan(2);
    SortedMap<String, String> streamed = Program.verify(folder.resolve("streamed"));
    SortedMap<String, String> filed = Program.verify(folder.resolve("files"));
    for (String table : List.of("books", "customers", "orders", "purchases")) {
      assertThat(streamed.get("silver/" + table)).as(table).isEqualTo(filed.get("silver/" + table));
    }
  }
}
