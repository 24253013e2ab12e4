package dev.patron.runners.serving;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.patron.features.clv.RandomDraws;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import dev.patron.features.models.CustomerScorer;
import dev.patron.features.models.ModelFiles;
import dev.patron.features.models.ModelRegistry;
import dev.patron.features.tables.Tables;
import dev.patron.pipelines.console.Console;
import dev.patron.pipelines.stages.Models;
import dev.patron.transforms.lake.Commit;
import dev.patron.transforms.lake.DataFileWriter;
import dev.patron.transforms.lake.LakeTable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** A warehouse with two champions and some customers, made without running anything. */
final class ServedShop {
  static final int CUSTOMERS = 300;

  private static final Instant AS_OF = Instant.parse("2024-12-31T23:59:59.999999Z");

  /** Documents of models, of every version that there was. */
  static final Path DOCUMENTS =
      Path.of(System.getProperty("basedir", "."), "..", "..", "testdata", "models");

  private final Path warehouse;
  private final Frame features;

  private ServedShop(Path warehouse, Frame features) {
    this.warehouse = warehouse;
    this.features = features;
  }

  /** Writes it. */
  static ServedShop write(Path warehouse) throws IOException {
    register(warehouse, "segments", Files.readString(DOCUMENTS.resolve("schema-1-kmeans.json")));
    register(warehouse, "lifetime", Files.readString(DOCUMENTS.resolve("schema-1-bg-nbd.json")));
    Frame features = customers(7);
    LakeTable table = LakeTable.at(warehouse.toString(), "gold/customer_features");
    table.commit(
        Commit.overwrite(
            features.schema(),
            List.of(DataFileWriter.write(table, features.schema(), Map.of(), List.of(features)))));
    return new ServedShop(warehouse, features);
  }

  /** Adds a version and makes it champion; returns its number. */
  static int register(Path warehouse, String name, String document) throws IOException {
    ModelRegistry registry = Models.of(warehouse.toString());
    int version = registry.register(name, Map.of(ModelFiles.MODEL, document));
    registry.promote(name, version);
    return version;
  }

  private static Frame customers(long seed) {
    RandomDraws random = new RandomDraws(seed);
    List<List<Object>> rows = new ArrayList<>();
    for (long id = 1; id <= CUSTOMERS; id++) {
      long tenure = random.integer(900);
      long x = tenure < 2 ? 0 : random.integer((int) Math.min(tenure, 20));
      long recency = x == 0 ? 0 : x + random.integer((int) (tenure - x + 1));
      long paid = x == 0 ? 0 : random.integer((int) x + 1);
      BigDecimal monetary = BigDecimal.valueOf(random.integer(100_000) - 500, 2);
      Double mean = paid == 0 ? null : 0.01 + random.integer(9_999) / 100.0;
      rows.add(
          Arrays.asList(
              id, AS_OF, tenure - recency, x + 1, monetary, tenure, x, recency, mean, paid));
    }
    Schema columns =
        Schema.of()
            .with("customer_id", Type.LONG)
            .with("as_of", Type.TIMESTAMP)
            .with("recency_days", Type.LONG)
            .with("frequency", Type.LONG)
            .with("monetary", new Type.Decimal(18, 2))
            .with("tenure_days", Type.LONG)
            .with("repeat_purchases", Type.LONG)
            .with("repeat_recency_days", Type.LONG)
            .with("repeat_mean_amount", Type.DOUBLE)
            .with("repeat_paid_days", Type.LONG);
    return Frame.ofRows(columns, rows)
        .conform(Tables.customerFeatures(Type.LONG, new Type.Decimal(18, 2)));
  }

  Path warehouse() {
    return warehouse;
  }

  /** The customers as the batch has them. */
  Frame features() {
    return features;
  }

  /** The scores that the batch gives them with the champions of now. */
  Frame scores() throws IOException {
    ModelRegistry registry = Models.of(warehouse.toString());
    return new CustomerScorer(
            Objects.requireNonNull(registry.champion("segments")),
            Objects.requireNonNull(registry.champion("lifetime")),
            Values.instant(features.longs("as_of").get(0)),
            365,
            0.01,
            42)
        .score(features);
  }

  /** The options that a user would type. */
  ServeOptions options(String... more) {
    List<String> arguments = new ArrayList<>(List.of(more));
    if (arguments.stream().noneMatch(option -> option.startsWith("--warehouse="))) {
      arguments.add("--warehouse=" + warehouse);
    }
    if (arguments.stream().noneMatch(option -> option.startsWith("--port="))) {
      arguments.add("--port=0");
    }
    return PipelineOptionsFactory.fromArgs(arguments.toArray(String[]::new)).as(ServeOptions.class);
  }

  /** The champions, loaded. */
  Champions champions() throws IOException {
    String place = warehouse.toString();
    return Champions.load(place, Champions.Moment.now(place).orElseThrow(), options(), null);
  }

  static Console quiet() {
    return new Console(
        new PrintStream(OutputStream.nullOutputStream(), false, UTF_8),
        new PrintStream(new ByteArrayOutputStream(), true, UTF_8),
        false);
  }
}
