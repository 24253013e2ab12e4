package dev.patron.features.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.TableDefinition.Applying;
import dev.patron.features.tables.TableDefinition.Change;
import dev.patron.features.tables.TableDefinition.Format;
import dev.patron.features.tables.TableDefinition.Format.Kind;
import dev.patron.features.tables.TableDefinition.Keep;
import dev.patron.features.tables.TableDefinition.Role;
import dev.patron.features.tables.TableDefinition.Rule;
import dev.patron.features.tables.Tables;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One table and records for it, for tests: a definition to vary, and files without a disk. */
record Source(
    Keep keep,
    Kind kind,
    List<String> key,
    @Nullable Schema columns,
    @Nullable Change change,
    Map<String, Role> roles,
    List<Rule> rules,
    char delimiter,
    @Nullable String timeFormat,
    String zone,
    Applying applying) {

  static final String FILE = "input/books.jsonl";

  static Source feed(String... key) {
    return new Source(
        Keep.CURRENT,
        Kind.DEBEZIUM,
        List.of(key),
        null,
        null,
        Map.of(),
        List.of(),
        ',',
        null,
        "UTC",
        Applying.PLAINLY);
  }

  static Source facts(Kind kind) {
    return new Source(
        Keep.FACTS,
        kind,
        List.of(),
        null,
        null,
        Map.of(),
        List.of(),
        ',',
        null,
        "UTC",
        Applying.PLAINLY);
  }

  Source with(Schema declared) {
    return new Source(
        keep, kind, key, declared, change, roles, rules, delimiter, timeFormat, zone, applying);
  }

  Source with(Change flat) {
    return new Source(
        keep, kind, key, columns, flat, roles, rules, delimiter, timeFormat, zone, applying);
  }

  Source with(Kind other) {
    return new Source(
        keep, other, key, columns, change, roles, rules, delimiter, timeFormat, zone, applying);
  }

  Source withKey(String... names) {
    return new Source(
        keep,
        kind,
        List.of(names),
        columns,
        change,
        roles,
        rules,
        delimiter,
        timeFormat,
        zone,
        applying);
  }

  Source with(String column, Role role) {
    Map<String, Role> more = new HashMap<>(roles);
    more.put(column, role);
    return new Source(
        keep, kind, key, columns, change, more, rules, delimiter, timeFormat, zone, applying);
  }

  Source with(Rule... more) {
    return new Source(
        keep,
        kind,
        key,
        columns,
        change,
        roles,
        List.of(more),
        delimiter,
        timeFormat,
        zone,
        applying);
  }

  Source withTimes(@Nullable String format, String zoneOfTimes) {
    return new Source(
        keep, kind, key, columns, change, roles, rules, delimiter, format, zoneOfTimes, applying);
  }

  Source applying(Applying other) {
    return new Source(
        keep, kind, key, columns, change, roles, rules, delimiter, timeFormat, zone, other);
  }

  TableDefinition table() {
    return table("books");
  }

  TableDefinition table(String name) {
    return new TableDefinition(
        name,
        keep,
        key,
        List.of(),
        new Format(kind, delimiter, timeFormat, name, zone),
        change,
        columns,
        roles,
        rules,
        applying);
  }

  /** The bronze rows of a file of these lines. */
  Frame bronze(String... lines) {
    return bronze(String.join("\n", lines).getBytes(UTF_8));
  }

  /** The bronze rows of a file of these bytes. */
  Frame bronze(byte[] file) {
    List<Frame> frames = new ArrayList<>();
    BronzeFrames bronze = new BronzeFrames(List.of(table()), (table, frame) -> frames.add(frame));
    byte[][] header = new byte[1][];
    RecordSplitter.Sink sink =
        (line, bytes, from, to, fault) -> {
          if (kind == Kind.CSV && header[0] == null) {
            header[0] = Arrays.copyOfRange(bytes, from, to);
          } else {
            bronze.line(FILE, line, bytes, from, to, header[0], fault);
          }
        };
    RecordSplitter splitter =
        kind == Kind.CSV ? RecordSplitter.csv(delimiter, sink) : RecordSplitter.lines(sink);
    splitter.accept(file, 0, file.length);
    splitter.finish();
    bronze.flush();
    return Frame.concat(Tables.BRONZE, frames);
  }

  /** The columns that these lines show. */
  Schema resolve(String... lines) {
    SchemaEvidence evidence = new SchemaEvidence();
    evidence.observe(bronze(lines), table());
    return evidence.resolve(table());
  }

  /** What becomes of these lines. */
  Decoded decode(String... lines) {
    return decode(bronze(lines));
  }

  Decoded decode(Frame bronze) {
    SchemaEvidence evidence = new SchemaEvidence();
    evidence.observe(bronze, table());
    return new RecordDecoder(table(), evidence.resolve(table())).decode(bronze);
  }

  /** The reason and detail for which one record is refused. */
  String refusal(String... lines) {
    Decoded decoded = decode(lines);
    if (decoded.quarantine().rows() != 1) {
      throw new AssertionError(
          decoded.quarantine().rows()
              + " refused of "
              + decoded.account()
              + decoded.rows().toRows());
    }
    return decoded.quarantine().value(0, "reason") + ": " + decoded.quarantine().value(0, "detail");
  }
}
