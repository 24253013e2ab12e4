package dev.patron.pipelines.generate;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.patron.pipelines.generate.Calendar.Slice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Writes the changes of one table, in the order of their arrival, in two forms that say the same:
 * Debezium's envelopes as a Kafka topic would hold them, and flat rows.
 */
final class ChangeFeed {
  /** The forms, as faults and accounts name them. */
  static final String DEBEZIUM = "debezium";

  static final String FLAT = "flat";

  private static final int PARTITIONS = 3;
  private static final long FIRST_POSITION = 24_104_320;
  private static final String UNREADABLE = "n/a";

  private final Table table;
  private final int keys;
  private final LongFunction<List<Change>> changes;
  private final BookstoreOptions options;
  private final Calendar calendar;
  private final Output output;
  private final FaultLog faults;
  private final Upheavals upheavals;
  private final long[] nextOffset = new long[PARTITIONS];
  private long heartbeatOffset;

  /** When each key is next heard of, so that quiet keys cost nothing. */
  private final long[] nextArrival;

  private final Counts debezium = new Counts(Damage.OF_ENVELOPES);
  private final Counts flat = new Counts(Damage.OF_ROWS);

  /**
   * @param keys the table's keys are 1 to this
   * @param changes the changes of a key in the order of commits
   */
  ChangeFeed(
      Table table,
      int keys,
      LongFunction<List<Change>> changes,
      BookstoreOptions options,
      Calendar calendar,
      Output output,
      FaultLog faults,
      Upheavals upheavals) {
    this.table = upheavals.of(table);
    this.keys = keys;
    this.changes = changes;
    this.options = options;
    this.calendar = calendar;
    this.output = output;
    this.faults = faults;
    this.upheavals = upheavals;
    this.nextArrival = new long[keys];
    Arrays.fill(nextArrival, Long.MIN_VALUE);
  }

  /** What one form of the feed holds. */
  static final class Counts {
    private final List<Damage> kinds;
    private final Map<Damage, Long> quarantined = new EnumMap<>(Damage.class);
    private final long[] operations = new long[4];
    private long records;
    private long duplicates;
    private long late;
    private long ignored;
    private long truncates;

    private Counts(List<Damage> kinds) {
      this.kinds = kinds;
    }

    long records() {
      return records;
    }

    long refused() {
      return quarantined.values().stream().mapToLong(Long::longValue).sum();
    }

    private Damage nextKind() {
      return kinds.get((int) (refused() % kinds.size()));
    }

    private void count(Delivery delivery) {
      records++;
      if (delivery.again()) {
        duplicates++;
        return;
      }
      if (delivery.change().op() == 't') {
        truncates++;
        return;
      }
      operations["rcud".indexOf(delivery.change().op())]++;
      if (delivery.late()) {
        late++;
      }
    }

    void write(JsonGenerator json) throws IOException {
      json.writeStartObject();
      json.writeNumberField("records", records);
      json.writeNumberField("snapshot", operations[0]);
      json.writeNumberField("creates", operations[1]);
      json.writeNumberField("updates", operations[2]);
      json.writeNumberField("deletes", operations[3]);
      if (truncates > 0) {
        json.writeNumberField("truncates", truncates);
      }
      json.writeNumberField("late", late);
      json.writeNumberField("duplicates", duplicates);
      json.writeNumberField("ignored", ignored);
      json.writeObjectFieldStart("quarantined");
      for (Map.Entry<Damage, Long> kind : quarantined.entrySet()) {
        json.writeNumberField(kind.getKey().name(), kind.getValue());
      }
      json.writeEndObject();
      json.writeEndObject();
    }
  }

  Counts debezium() {
    return debezium;
  }

  Counts flat() {
    return flat;
  }

  /** Writes what arrives in this slice of time. Slices come in order. */
  void write(Slice slice) throws IOException {
    List<Delivery> arriving = new ArrayList<>();
    for (int i = 0; i < keys; i++) {
      if (nextArrival[i] < slice.to()) {
        nextArrival[i] = arrivals(i + 1L, slice, arriving);
      }
    }
    Change truncate = upheavals.truncate();
    if (truncate != null && slice.contains(Delivery.of(truncate).at())) {
      arriving.add(Delivery.of(truncate));
    }
    arriving.sort(Delivery.IN_ORDER);
    writeDebezium(arriving, fileName(DEBEZIUM, slice));
    writeFlat(arriving, fileName(FLAT, slice));
  }

  private String fileName(String form, Slice slice) {
    return "%s/%s/%s-%04d.jsonl.gz".formatted(form, table.name(), table.name(), slice.number());
  }

  /** Adds the deliveries of a key in the slice, and says when the next one after it is. */
  private long arrivals(long key, Slice slice, List<Delivery> arriving) {
    long next = Long.MAX_VALUE;
    List<Change> all = changes.apply(key);
    for (Delivery delivery :
        Delivery.of(all, key, options.faults(), options.seed(), table.delivery())) {
      if (slice.contains(delivery.at())) {
        arriving.add(delivery);
      } else if (delivery.at() >= slice.to()) {
        next = Math.min(next, delivery.at());
      }
    }
    return next;
  }

  private void writeDebezium(List<Delivery> arriving, String file) throws IOException {
    try (JsonLines lines = new JsonLines(output.zipped(file))) {
      for (Delivery delivery : arriving) {
        debezium.count(delivery);
        envelope(lines.json(), delivery, null);
        lines.end();
        FaultLog.Place place = new FaultLog.Place(table.name(), DEBEZIUM, file, lines.lines());
        logMoved(delivery, place);
        if (upheavals.shown(delivery.change().at()) != delivery.change().at()) {
          faults.moved(place, "clock", delivery.change().key());
        }
        if (delivery.change().op() == 'd' && !delivery.again()) {
          tombstone(lines, delivery);
        }
        if (delivery.broken()) {
          Damage damage = debezium.nextKind();
          envelope(lines.json(), delivery, damage);
          byte[] text = lines.end(damage == Damage.MALFORMED);
          debezium.records++;
          debezium.quarantined.merge(damage, 1L, Long::sum);
          faults.broken(
              new FaultLog.Place(table.name(), DEBEZIUM, file, lines.lines()), damage, text);
        }
      }
      if (!arriving.isEmpty()) {
        heartbeat(lines, arriving.get(arriving.size() - 1).at());
      }
    }
  }

  private void logMoved(Delivery delivery, FaultLog.Place place) throws IOException {
    if (delivery.again()) {
      faults.moved(place, "duplicate", delivery.change().key());
    } else if (delivery.late()) {
      faults.moved(place, "late", delivery.change().key());
    } else if (delivery.astray()) {
      faults.moved(place, "reorder", delivery.change().key());
    }
    if (delivery.change().op() == 't') {
      faults.ofTable(place, "truncate");
    }
    List<@Nullable Object> row = delivery.change().row();
    if (row != null && row.size() == table.columns().size() && table.has(Upheavals.RATING)) {
      faults.moved(place, "schema", delivery.change().key());
    }
  }

  /** A change as Debezium 3 writes it for PostgreSQL, without schemas. */
  private void envelope(JsonGenerator json, Delivery delivery, @Nullable Damage damage)
      throws IOException {
    Change change = delivery.change();
    boolean keyless = damage == Damage.MISSING_KEY || change.op() == 't';
    beginRecord(json, change.key(), delivery.at());
    json.writeFieldName("key");
    if (keyless) {
      json.writeNull();
    } else {
      json.writeStartObject();
      long key = damage == Damage.KEY_MISMATCH ? change.key() + 1 : change.key();
      json.writeNumberField(table.key(), key);
      json.writeEndObject();
    }
    json.writeObjectFieldStart("value");
    json.writeFieldName("before");
    image(json, change.op() == 'd' ? before(change) : null);
    json.writeFieldName("after");
    image(json, damage == Damage.MISSING_IMAGE ? null : damaged(change.row(), damage));
    if (damage == Damage.MISSING_SOURCE) {
      json.writeNullField("source");
    } else {
      source(json, change, damage);
    }
    json.writeNullField("transaction");
    json.writeStringField("op", operation(change, damage));
    json.writeNumberField("ts_ms", delivery.at() / 1_000);
    json.writeNumberField("ts_us", delivery.at());
    json.writeNumberField("ts_ns", delivery.at() * 1_000);
    json.writeEndObject();
    json.writeEndObject();
  }

  /** What a database that identifies rows by their keys tells of a row that is gone. */
  private List<@Nullable Object> before(Change change) {
    return table.keyAlone(change.key()).subList(0, table.columns().size());
  }

  private static String operation(Change change, @Nullable Damage damage) {
    if (damage == Damage.UNKNOWN_OP) {
      return "x";
    }
    return damage == Damage.MISSING_IMAGE ? "u" : String.valueOf(change.op());
  }

  private @Nullable List<@Nullable Object> damaged(
      @Nullable List<@Nullable Object> row, @Nullable Damage damage) {
    if (row == null || (damage != Damage.MISSING_KEY && damage != Damage.WRONG_TYPE)) {
      return row;
    }
    List<@Nullable Object> copy = new ArrayList<>(row);
    if (damage == Damage.MISSING_KEY) {
      copy.set(0, null);
    } else {
      copy.set(table.columns().indexOf(table.typed()), UNREADABLE);
    }
    return copy;
  }

  private void image(JsonGenerator json, @Nullable List<@Nullable Object> row) throws IOException {
    if (row == null) {
      json.writeNull();
      return;
    }
    json.writeStartObject();
    JsonLines.members(json, table.columns().subList(0, row.size()), row);
    json.writeEndObject();
  }

  private void source(JsonGenerator json, Change change, @Nullable Damage damage)
      throws IOException {
    boolean snapshot = change.op() == 'r';
    boolean timed = damage != Damage.MISSING_TIMESTAMP;
    boolean placed = damage != Damage.MISSING_POSITION;
    long position = FIRST_POSITION + (change.at() - calendar.opening());
    long shown = upheavals.shown(change.at());
    json.writeObjectFieldStart("source");
    json.writeStringField("version", "3.0.8.Final");
    json.writeStringField("connector", "postgresql");
    json.writeStringField("name", "bookstore");
    if (timed) {
      json.writeNumberField("ts_ms", shown / 1_000);
    }
    json.writeStringField("snapshot", snapshot ? "true" : "false");
    json.writeStringField("db", "shop");
    if (placed) {
      String before = snapshot ? "null" : "\"" + (position - 56) + "\"";
      json.writeStringField("sequence", "[" + before + ",\"" + position + "\"]");
    }
    if (timed) {
      json.writeNumberField("ts_us", shown);
      json.writeNumberField("ts_ns", shown * 1_000);
    }
    json.writeStringField("schema", "public");
    json.writeStringField("table", table.name());
    json.writeNumberField("txId", 740 + (change.at() - calendar.opening()) / Calendar.SECOND);
    if (placed) {
      json.writeNumberField("lsn", position);
    }
    json.writeNullField("xmin");
    json.writeEndObject();
  }

  private void beginRecord(JsonGenerator json, long key, long at) throws IOException {
    int partition = (int) Math.floorMod((key * 0x9E3779B97F4A7C15L) >> 17, (long) PARTITIONS);
    json.writeStartObject();
    json.writeStringField("topic", "bookstore.public." + table.name());
    json.writeNumberField("partition", partition);
    json.writeNumberField("offset", nextOffset[partition]++);
    json.writeNumberField("timestamp", at / 1_000);
  }

  private void tombstone(JsonLines lines, Delivery delivery) throws IOException {
    JsonGenerator json = lines.json();
    long key = delivery.change().key();
    beginRecord(json, key, delivery.at());
    json.writeObjectFieldStart("key");
    json.writeNumberField(table.key(), key);
    json.writeEndObject();
    json.writeNullField("value");
    json.writeEndObject();
    lines.end();
    debezium.records++;
    debezium.ignored++;
  }

  private void heartbeat(JsonLines lines, long at) throws IOException {
    JsonGenerator json = lines.json();
    json.writeStartObject();
    json.writeStringField("topic", "__debezium-heartbeat.bookstore");
    json.writeNumberField("partition", 0);
    json.writeNumberField("offset", heartbeatOffset++);
    json.writeNumberField("timestamp", at / 1_000);
    json.writeObjectFieldStart("key");
    json.writeStringField("serverName", "bookstore");
    json.writeEndObject();
    json.writeObjectFieldStart("value");
    json.writeNumberField("ts_ms", at / 1_000);
    json.writeEndObject();
    json.writeEndObject();
    lines.end();
    debezium.records++;
    debezium.ignored++;
  }

  private void writeFlat(List<Delivery> arriving, String file) throws IOException {
    try (JsonLines lines = new JsonLines(output.zipped(file))) {
      for (Delivery delivery : arriving) {
        flat.count(delivery);
        flatRow(lines.json(), delivery.change(), null);
        lines.end();
        logMoved(delivery, new FaultLog.Place(table.name(), FLAT, file, lines.lines()));
        if (delivery.broken()) {
          Damage damage = flat.nextKind();
          flatRow(lines.json(), delivery.change(), damage);
          byte[] text = lines.end(damage == Damage.MALFORMED);
          flat.records++;
          flat.quarantined.merge(damage, 1L, Long::sum);
          faults.broken(new FaultLog.Place(table.name(), FLAT, file, lines.lines()), damage, text);
        }
      }
    }
  }

  private void flatRow(JsonGenerator json, Change change, @Nullable Damage damage)
      throws IOException {
    List<@Nullable Object> row = new ArrayList<>(table.flatRow(change));
    if (damage == Damage.MISSING_KEY) {
      row.set(0, null);
    } else if (damage == Damage.MISSING_POSITION) {
      row.set(row.size() - 1, null);
    } else if (damage == Damage.WRONG_TYPE) {
      row.set(table.flat().indexOf(table.flatTyped()), UNREADABLE);
    }
    json.writeStartObject();
    JsonLines.members(json, table.flat(), row);
    json.writeEndObject();
  }
}
