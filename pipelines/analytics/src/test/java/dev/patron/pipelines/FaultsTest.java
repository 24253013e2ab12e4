package dev.patron.pipelines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.patron.features.accounts.Account;
import dev.patron.features.change.ChangeFold;
import dev.patron.features.change.ChangeSpec;
import dev.patron.features.change.Events;
import dev.patron.features.change.Folded;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.history.History;
import dev.patron.features.record.BronzeFrames;
import dev.patron.features.record.Decoded;
import dev.patron.features.record.RecordDecoder;
import dev.patron.features.record.RecordSplitter;
import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.Tables;
import dev.patron.pipelines.dataset.DatasetFile;
import dev.patron.pipelines.generate.Bookstore;
import dev.patron.pipelines.generate.BookstoreOptions;
import dev.patron.pipelines.generate.Faults;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever goes wrong on the way, the tables are the truth that lies beside the generated feed. The
 * records are folded by the kernels in any order of the files; whole runs are elsewhere.
 */
class FaultsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "none",
        "late:0.3",
        "duplicate:0.4",
        "reorder:0.5",
        "malformed:0.05",
        "truncate",
        "schema",
        "clock",
        "late:0.2,duplicate:0.2,reorder:0.3,malformed:0.02,truncate,schema,clock"
      })
  void theTablesAreTheTruthUnderEveryFault(String faults, @TempDir Path folder) throws IOException {
    for (long seed = 1; seed <= 3; seed++) {
      Path shop = folder.resolve("seed-" + seed);
      Bookstore.generate(
          BookstoreOptions.of(120, seed, shop)
              .withBooks(60)
              .withDates(LocalDate.of(2023, 1, 1), LocalDate.of(2024, 1, 1))
              .withFaults(Faults.parse(faults)),
          orders -> {});
      boolean clock = faults.contains("clock");
      check(faults + ", seed " + seed, shop, "dataset.yaml", "books_history", seed);
      check(
          faults + ", flat, seed " + seed,
          shop,
          "dataset-flat.yaml",
          clock ? "books_history_flat" : "books_history",
          seed);
    }
  }

  private static void check(String where, Path shop, String dataset, String history, long seed)
      throws IOException {
    String form = dataset.contains("flat") ? "flat" : "debezium";
    JsonNode accounts = JSON.readTree(shop.resolve("truth/accounts.json").toFile());
    for (String table : List.of("customers", "books")) {
      TableDefinition definition =
          DatasetFile.parse(shop.resolve(dataset).toString(), Map.of()).table(table).definition();
      Decoded decoded = decode(definition, shop.resolve(form + "/" + table), seed);
      long refused = 0;
      for (JsonNode reason : accounts.get(table).get(form).get("quarantined")) {
        refused += reason.asLong();
      }
      assertThat(decoded.account().get(Account.Count.QUARANTINED)).as(where).isEqualTo(refused);
      assertThat(decoded.account().get(Account.Count.READ))
          .as(where)
          .isEqualTo(accounts.get(table).get(form).get("records").asLong());

      Schema row = Objects.requireNonNull(definition.declared());
      Folded folded =
          new ChangeFold(ChangeSpec.of(definition, row))
              .fold(Events.ofKeys(decoded.rows()), Events.truncates(decoded.rows()));
      checkRows(where, folded.current(), truth(shop, table));
      if (table.equals("books")) {
        checkRows(where, History.of(folded), truth(shop, history));
      }
    }
  }

  /** The files' records, file after file in any order. */
  private static Decoded decode(TableDefinition definition, Path folder, long seed)
      throws IOException {
    List<Path> files;
    try (Stream<Path> listed = Files.list(folder)) {
      files = new ArrayList<>(listed.sorted().toList());
    }
    Collections.shuffle(files, new Random(seed));
    List<Frame> frames = new ArrayList<>();
    BronzeFrames bronze =
        new BronzeFrames(List.of(definition), (table, frame) -> frames.add(frame));
    for (Path file : files) {
      RecordSplitter splitter =
          RecordSplitter.lines(
              (line, bytes, from, to, fault) ->
                  bronze.line(file.toString(), line, bytes, from, to, null, fault));
      byte[] text;
      try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
        text = in.readAllBytes();
      }
      splitter.accept(text, 0, text.length);
      splitter.finish();
    }
    bronze.flush();
    return new RecordDecoder(definition, Objects.requireNonNull(definition.declared()))
        .decode(Frame.concat(Tables.BRONZE, frames));
  }

  private static List<JsonNode> truth(Path shop, String name) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(
                    Files.newInputStream(shop.resolve("truth/" + name + ".jsonl.gz"))),
                StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        rows.add(JSON.readTree(line));
      }
    }
    return rows;
  }

  private static void checkRows(String where, Frame rows, List<JsonNode> truth) {
    List<Object> found = new ArrayList<>();
    List<Object> expected = new ArrayList<>();
    List<String> names = new ArrayList<>();
    truth.get(0).fieldNames().forEachRemaining(names::add);
    for (JsonNode row : truth) {
      List<@Nullable Object> values = new ArrayList<>();
      names.forEach(name -> values.add(value(rows.schema().type(name), row.get(name))));
      expected.add(values);
    }
    found.addAll(rows.select(names).toRows());
    assertThat(found).as(where).isEqualTo(expected);
  }

  private static @Nullable Object value(Type type, JsonNode json) {
    if (json.isNull()) {
      return null;
    }
    if (type == Type.LONG) {
      return json.asLong();
    }
    if (type == Type.DOUBLE) {
      return json.asDouble();
    }
    if (type == Type.BOOLEAN) {
      return json.asBoolean();
    }
    if (type == Type.TIMESTAMP) {
      return Instant.parse(json.asText());
    }
    return type instanceof Type.Decimal ? new BigDecimal(json.asText()) : json.asText();
  }

  @Test
  void aFaultThatIsNoneIsRefusedInFull() {
    refuses("lates:0.1", "'lates' is no fault; known are " + Faults.SYNTAX + ", or none");
    refuses("late", "fault 'late' needs a share of the records, as in late:0.02");
    refuses("late:often", "fault 'late' needs a share of the records, as in late:0.02");
    refuses("late:2", "fault 'late' is 2.0; it is a share between 0 and 1");
    refuses("truncate:0.5", "fault 'truncate' happens or not; it has no share: write 'truncate'");
    refuses("clock,clock", "fault 'clock' is given twice");
    assertThat(Faults.parse(" none ")).isEqualTo(Faults.NONE);
    assertThat(Faults.parse("late:0.02, duplicate:0.02, malformed:0.005")).isEqualTo(Faults.USUAL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "none",
        "late:0.02,duplicate:0.05,reorder:0.1,malformed:0.001,truncate,schema,clock",
        "reorder:1.0E-5,clock"
      })
  void faultsAreWrittenAsTheyAreRead(String faults) {
    assertThat(Faults.parse(faults)).hasToString(faults);
  }

  private static void refuses(String faults, String why) {
    assertThatIllegalArgumentException().isThrownBy(() -> Faults.parse(faults)).withMessage(why);
  }
}
