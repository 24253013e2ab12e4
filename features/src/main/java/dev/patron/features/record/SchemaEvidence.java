package dev.patron.features.record;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.ColumnNames;
import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.TableDefinition.Format.Kind;
import dev.patron.features.tables.TableDefinition.Role;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of the columns of a table: the ground on which their names, types and order are
 * decided where the dataset does not declare them. Names are kept as the source has them, so that
 * two which a table cannot tell apart are known.
 *
 * <p>Evidence is a set of facts, and counts by which JSON's values outvote one another. {@link
 * #merge} is commutative and associative, so that it can be gathered in any order and over any cut
 * into frames, and kept to be added to by later runs. What {@link #resolve} makes of it depends on
 * nothing else, but for columns that {@link #addLater} found to keep what they had. Mutable; not
 * for several threads at a time.
 */
public final class SchemaEvidence {
  private final TreeMap<String, ColumnEvidence> columns = new TreeMap<>();

  /** The orders in which schemas, headers and files name the columns. */
  private final TreeSet<List<String>> orders = new TreeSet<>(SchemaEvidence::compare);

  /** What differs from a column in case alone, see {@link Spellings}. */
  private final TreeSet<String> spellings = new TreeSet<>();

  /** Whether a column of a CSV file has values and no name, or that of one before it. */
  private boolean nameless;

  private @Nullable Scratch scratch;

  private static int compare(List<String> a, List<String> b) {
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      int order = a.get(i).compareTo(b.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(a.size(), b.size());
  }

  /** What reading needs, for one table. */
  static final class Scratch {
    private final TableDefinition table;
    private final Utf8 text = new Utf8();
    private final NumberText number = new NumberText();
    private final TimeText times;
    private final boolean hasPattern;
    private final DebeziumReader debezium = new DebeziumReader();
    private final Position position = new Position();

    /** The columns without which a row of JSON is refused. */
    private final Set<String> needed;

    private final Map<String, Boolean> isNeeded = new HashMap<>();
    private final CsvRecord csv;

    /** The embedded schema met last, and how many records in a row had it. */
    private @Nullable ConnectSchema noted;

    private long records;

    // The CSV header met last.
    private byte[] header = new byte[0];
    private List<String> names = List.of();
    private boolean headerIsRefused;

    private Scratch(TableDefinition table) {
      this.table = table;
      TableDefinition.Format format = table.format();
      this.times = new TimeText(format.timeFormat(), format.zone());
      this.needed = needed(table);
      this.hasPattern = format.timeFormat() != null && times.unit() == null;
      this.csv = new CsvRecord(format.kind() == Kind.CSV ? format.delimiter() : ',');
    }

    /** Key and position; a truncate names no key. */
    private static Set<String> needed(TableDefinition table) {
      Set<String> needed = new LinkedHashSet<>();
      TableDefinition.Change change = table.change();
      if (change == null || change.truncate().isEmpty()) {
        needed.addAll(table.key());
      }
      if (change != null) {
        needed.addAll(change.sequence());
      }
      return needed;
    }

    boolean isNeeded(String source) {
      return !needed.isEmpty()
          && isNeeded.computeIfAbsent(source, name -> needed.contains(ColumnNames.normalise(name)));
    }

    Utf8 text() {
      return text;
    }

    NumberText number() {
      return number;
    }

    TimeText times() {
      return times;
    }

    boolean hasPattern() {
      return hasPattern;
    }

    boolean isPlaceholder() {
      return table.format().kind() == Kind.DEBEZIUM && Placeholder.is(text);
    }

    /** Whether a value may have a field of this name. */
    boolean isField(String name) {
      return !name.isEmpty()
          && !(table.format().kind() == Kind.DEBEZIUM && Placeholder.isField(name));
    }
  }

  /**
   * Adds what the records of a bronze frame show. What is refused whatever the columns are shows
   * nothing.
   */
  public void observe(Frame bronze, TableDefinition table) {
    Scratch working = scratch;
    if (working == null || !working.table.equals(table)) {
      working = new Scratch(table);
      scratch = working;
    }
    if (table.format().kind() == Kind.PARQUET) {
      parquet(bronze, working);
      return;
    }
    // A record is known to be refused when it has been read, and noted. Few are: it is cheaper to
    // note the others once more than to keep what each shows apart.
    BitSet refused = new BitSet();
    SchemaEvidence seen = new SchemaEvidence();
    if (!seen.note(bronze, working, refused)) {
      seen = new SchemaEvidence();
      seen.note(bronze, working, refused);
    }
    merge(seen);
  }

  /**
   * Notes the records but for those that are refused.
   *
   * @return whether no more were found
   */
  private boolean note(Frame bronze, Scratch working, BitSet refused) {
    BytesColumn texts = bronze.bytes("_value");
    BytesColumn faults = bronze.bytes("_fault");
    int before = refused.cardinality();
    for (int row = 0; row < bronze.rows(); row++) {
      if (refused.get(row)
          || texts.isNull(row)
          || !faults.isNull(row)
          || BronzeFrames.isBlank(texts.array(), texts.from(row), texts.to(row))) {
        continue;
      }
      try {
        boolean accepted =
            switch (working.table.format().kind()) {
              case DEBEZIUM -> debezium(bronze, row, texts, working);
              case JSONL -> json(texts, row, working);
              case CSV -> csv(bronze.bytes("_header"), texts, row, working);
              case PARQUET -> throw new IllegalStateException("Parquet has no text");
            };
        refused.set(row, !accepted);
      } catch (JsonProcessingException e) {
        // The decoder refuses it and says what is wrong with it.
        refused.set(row);
      } catch (IOException e) {
        throw new UncheckedIOException("bytes in memory cannot fail to be read", e);
      }
    }
    stated(working);
    working.header = new byte[0];
    return refused.cardinality() == before;
  }

  private ColumnEvidence column(String name) {
    return columns.computeIfAbsent(name, key -> new ColumnEvidence());
  }

  /** Whether the record has all that a row of the table needs. */
  private boolean json(BytesColumn texts, int row, Scratch working) throws IOException {
    int needed = working.needed.size();
    try (JsonParser parser = JsonRecord.parser(texts.array(), texts.from(row), texts.length(row))) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        if (parser.nextToken() != JsonToken.VALUE_NULL && working.isNeeded(name)) {
          needed--;
        }
        value(name, parser, working);
      }
      return needed <= 0 && parser.nextToken() == null;
    }
  }

  private void value(String name, JsonParser parser, Scratch working) throws IOException {
    if (name.isEmpty()) {
      parser.skipChildren();
    } else {
      column(name).json(parser, working);
    }
  }

  private boolean csv(BytesColumn headers, BytesColumn texts, int row, Scratch working) {
    if (headers.isNull(row)) {
      return true;
    }
    if (!headers.is(row, working.header)) {
      working.header = headers.copy(row);
      working.names =
          CsvHeader.names(working.csv, headers.array(), headers.from(row), headers.to(row));
      Set<String> distinct = new LinkedHashSet<>(working.names);
      distinct.remove("");
      distinct.forEach(this::column);
      orders.add(List.copyOf(distinct));
      working.headerIsRefused = CsvHeader.problem(working.names, working.table) != null;
    }
    CsvRecord csv = working.csv;
    if (working.headerIsRefused
        || !csv.read(texts.array(), texts.from(row), texts.to(row))
        || csv.size() != working.names.size()) {
      return true;
    }
    Set<String> taken = new HashSet<>();
    for (int field = 0; field < csv.size(); field++) {
      String name = working.names.get(field);
      boolean first = !name.isEmpty() && taken.add(name);
      if (csv.from(field) == csv.to(field)) {
        continue;
      }
      if (first) {
        column(name).text(csv.array(field), csv.from(field), csv.to(field), working);
      } else {
        nameless = true;
      }
    }
    return true;
  }

  private void parquet(Frame bronze, Scratch working) {
    BytesColumn types = bronze.bytes("_header");
    List<String> names = RecordDecoder.parquetColumns(bronze.schema());
    if (!names.isEmpty()) {
      orders.add(List.copyOf(names));
    }
    int texts = 0;
    for (int row = 0; row < bronze.rows(); row++) {
      texts += types.isNull(row) ? 0 : 1;
    }
    for (String name : names) {
      Type type = bronze.schema().type(name);
      ColumnEvidence evidence = column(name);
      evidence.stated(type, bronze.rows() - texts);
      if (type == Type.STRING && hasRole(working.table, name)) {
        Column column = bronze.column(name);
        BytesColumn text = (BytesColumn) column;
        for (int row = 0; row < bronze.rows(); row++) {
          if (!text.isNull(row)) {
            evidence.text(text.array(), text.from(row), text.to(row), working);
          }
        }
      }
    }
    if (texts > 0) {
      parquetTexts(types);
    }
  }

  /** The types of the records that do not fit bronze's columns, see {@link FittedRows}. */
  private void parquetTexts(BytesColumn types) {
    Map<String, Long> records = new TreeMap<>();
    for (int row = 0; row < types.size(); row++) {
      if (!types.isNull(row)) {
        records.merge(types.text(row), 1L, Long::sum);
      }
    }
    records.forEach(
        (row, count) ->
            FittedRows.types(row)
                .fields()
                .forEach(field -> column(field.name()).stated(field.type(), count)));
  }

  /** Adds columns of which it is known that they are there, and nothing else. */
  public void addNames(Collection<String> names) {
    Set<String> known = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    known.addAll(columns.keySet());
    names.stream().filter(known::add).forEach(this::column);
  }

  private static boolean hasRole(TableDefinition table, String column) {
    Role role = table.roles().get(ColumnNames.normalise(column));
    return role != null && role != Role.IDENTITY && role != Role.PLACE;
  }

  // ---- Debezium

  /** Whether the record says of which row it is, and when it came to be. */
  private boolean debezium(Frame bronze, int row, BytesColumn texts, Scratch working)
      throws IOException {
    DebeziumReader reader = working.debezium;
    TableDefinition table = working.table;
    reader.read(texts.array(), texts.from(row), texts.to(row), DebeziumReader.NONE);
    String op = reader.op();
    if (reader.form() == DebeziumReader.Form.NOTICE
        || !RecordDecoder.isFor(table, reader, bronze, row)
        || "m".equals(op)) {
      return true;
    }
    if (table.keep() != TableDefinition.Keep.FACTS && !reader.isComplete(working.position)) {
      return false;
    }
    ConnectSchema schema = reader.rowSchema();
    if (schema == null) {
      // The row after a delete is none, whatever an unwrapped record writes into it.
      if (!"d".equals(op) && reader.hasImage()) {
        reader.read(
            texts.array(),
            texts.from(row),
            texts.to(row),
            (name, parser, connect) -> value(name, parser, working));
      }
      return true;
    }
    if (working.noted != schema) {
      stated(working);
      working.noted = schema;
    }
    working.records++;
    if (table.roles().keySet().stream().anyMatch(name -> isTextWithRole(table, schema, name))) {
      reader.read(
          texts.array(),
          texts.from(row),
          texts.to(row),
          (name, parser, connect) -> {
            if (isTextWithRole(table, schema, name)) {
              value(name, parser, working);
            } else {
              parser.skipChildren();
            }
          });
    }
    return true;
  }

  /** Notes what the schema met last names, once for all records that had it. */
  private void stated(Scratch working) {
    ConnectSchema schema = working.noted;
    if (schema == null) {
      return;
    }
    long records = working.records;
    working.noted = null;
    working.records = 0;
    List<String> names =
        schema.names().stream().filter(name -> !name.startsWith("__") && !name.isEmpty()).toList();
    orders.add(names);
    for (String name : names) {
      column(name).stated(statedType(schema, name), records);
    }
  }

  private static Type statedType(ConnectSchema schema, String name) {
    ConnectSchema field = schema.field(name);
    return field == null ? Type.STRING : field.columnType();
  }

  private static boolean isTextWithRole(TableDefinition table, ConnectSchema schema, String name) {
    return hasRole(table, name) && statedType(schema, name) == Type.STRING;
  }

  // ---- Merging, and what follows

  /** Adds all that was seen elsewhere, once. */
  public void merge(SchemaEvidence other) {
    other.columns.forEach((name, evidence) -> column(name).merge(evidence));
    orders.addAll(other.orders);
    spellings.addAll(other.spellings);
    nameless |= other.nameless;
  }

  /**
   * Adds what later records show, and ends the count: a column keeps what it has been where what
   * they show would refuse values that it has taken. Text that numbers come to stays text
   * (SEMANTICS 17: a type widens, any other change refuses the record). So the order of later
   * evidence counts, here alone.
   *
   * @return what differs from a column in case alone, and did not occur before
   * @throws IllegalArgumentException as {@link #resolve} does
   */
  public Set<String> addLater(SchemaEvidence more, TableDefinition table) {
    Map<String, Type> before = scalarTypes(table);
    Set<String> names = Spellings.of(resolve(table));
    merge(more);
    Spellings found = new Spellings(named(table), names, spellings);
    resolve(table, found);
    Set<String> others = new TreeSet<>(found.others());
    others.removeAll(spellings);
    spellings.addAll(others);
    scalarTypes(table)
        .forEach(
            (source, type) -> {
              Type taken = before.get(source);
              if (taken != null && !column(source).holds(type, taken)) {
                column(source).keep(taken);
              }
            });
    boolean debezium = table.format().kind() == Kind.DEBEZIUM;
    columns.values().forEach(column -> column.take(debezium));
    return others;
  }

  /** The types of the columns of scalar values, by their names in the source. */
  private Map<String, Type> scalarTypes(TableDefinition table) {
    boolean csv = table.format().kind() == Kind.CSV;
    boolean debezium = table.format().kind() == Kind.DEBEZIUM;
    Map<String, Type> types = new TreeMap<>();
    columns.forEach(
        (source, evidence) -> {
          if (evidence.isScalar()) {
            String name = ColumnNames.normalise(source);
            types.put(source, evidence.resolve(name, table.roles(), csv, debezium));
          }
        });
    return types;
  }

  /**
   * Whether a column of a CSV file has values and no name, or that of one before it, so that no
   * table can have them.
   */
  public boolean hasNameless() {
    return nameless;
  }

  /** The names of the columns that were seen, as the source has them, in alphabetical order. */
  public List<String> sourceNames() {
    return List.copyOf(columns.keySet());
  }

  /** Whether nothing was seen. */
  public boolean isEmpty() {
    return columns.isEmpty();
  }

  /**
   * The columns of a table: those that it declares, else the key columns and then all others that
   * were seen, in the order of the schema, header or file that sorts first; what only JSON without
   * a schema shows is in alphabetical order. CSV headers that lack what the dataset names have a
   * say only where there are no others. Their names are normal, see {@link ColumnNames}; of those
   * that differ in case alone one is a column.
   *
   * @throws IllegalArgumentException if the table could not tell two of them apart, naming both
   */
  public Schema resolve(TableDefinition table) {
    return resolve(table, new Spellings(named(table), Set.of(), spellings));
  }

  private Schema resolve(TableDefinition table, Spellings spelled) {
    Schema declared = table.declared();
    if (declared != null) {
      return declared;
    }
    Set<String> seen = seen(table);
    Map<String, String> sources = new HashMap<>();
    List<String> seenNames = ColumnNames.normalise(seen);
    int at = 0;
    for (String source : seen) {
      sources.put(seenNames.get(at++), source);
    }
    Set<String> names = new LinkedHashSet<>(table.key());
    names.addAll(seenNames);
    boolean csv = table.format().kind() == Kind.CSV;
    boolean debezium = table.format().kind() == Kind.DEBEZIUM;
    Map<String, Role> roles = table.roles();
    List<Schema.Field> fields = new ArrayList<>();
    for (String name : names) {
      ColumnEvidence evidence =
          columns.getOrDefault(sources.getOrDefault(name, name), new ColumnEvidence());
      fields.add(new Schema.Field(name, evidence.resolve(name, roles, csv, debezium)));
    }
    // What no record has, or the table is without, takes no other column's place.
    Predicate<Schema.Field> competes =
        field ->
            sources.containsKey(field.name()) && !table.applying().without().contains(field.name());
    Schema one = spelled.one(new Schema(fields.stream().filter(competes).toList()));
    return new Schema(
        fields.stream()
            .filter(field -> !competes.test(field) || one.has(field.name()))
            .map(field -> one.has(field.name()) ? one.field(field.name()) : field)
            .toList());
  }

  /** The columns that the dataset names, and the fields within them. */
  static Set<String> named(TableDefinition table) {
    Set<String> named = new HashSet<>(table.key());
    named.addAll(table.track());
    named.addAll(table.applying().trackExcept());
    named.addAll(table.applying().without());
    for (String path : table.roles().keySet()) {
      named.add(path);
      for (int dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
        named.add(path.substring(0, dot));
      }
    }
    table.rules().forEach(rule -> named.add(rule.column()));
    TableDefinition.Change change = table.change();
    if (change != null) {
      named.addAll(change.sequence());
      Stream.ofNullable(change.operation()).forEach(named::add);
      Stream.ofNullable(change.time()).forEach(named::add);
    }
    return named;
  }

  /** The names of the columns, first those that have an order. */
  private Set<String> seen(TableDefinition table) {
    Set<String> seen = new LinkedHashSet<>();
    if (table.format().kind() == Kind.CSV) {
      // Of a file whose header is refused no record is taken, so that it has no columns either.
      orders.stream()
          .filter(header -> CsvHeader.problem(header, table) == null)
          .forEach(seen::addAll);
    }
    if (seen.isEmpty()) {
      orders.forEach(seen::addAll);
      seen.addAll(columns.keySet());
    }
    return seen;
  }

  /** The evidence as JSON; equal evidence gives equal text. */
  public String toJson() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JsonRecord.FACTORY.createGenerator(text)) {
      json.writeStartObject();
      json.writeArrayFieldStart("orders");
      for (List<String> order : orders) {
        json.writeStartArray();
        for (String name : order) {
          json.writeString(name);
        }
        json.writeEndArray();
      }
      json.writeEndArray();
      json.writeObjectFieldStart("columns");
      for (Map.Entry<String, ColumnEvidence> column : columns.entrySet()) {
        json.writeFieldName(column.getKey());
        column.getValue().write(json);
      }
      json.writeEndObject();
      if (!spellings.isEmpty()) {
        json.writeArrayFieldStart("spellings");
        for (String name : spellings) {
          json.writeString(name);
        }
        json.writeEndArray();
      }
      if (nameless) {
        json.writeBooleanField("nameless", true);
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a string cannot fail to be written", e);
    }
    return text.toString();
  }

  /**
   * The inverse of {@link #toJson}.
   *
   * @throws IllegalArgumentException if the text is something else
   */
  public static SchemaEvidence fromJson(String text) {
    SchemaEvidence evidence = new SchemaEvidence();
    try (JsonParser json = JsonRecord.FACTORY.createParser(text)) {
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        switch (name) {
          case "orders" -> {
            while (json.nextToken() == JsonToken.START_ARRAY) {
              List<String> order = new ArrayList<>();
              while (json.nextToken() != JsonToken.END_ARRAY) {
                order.add(json.getText());
              }
              evidence.orders.add(List.copyOf(order));
            }
          }
          case "columns" -> {
            while (json.nextToken() == JsonToken.FIELD_NAME) {
              String column = json.currentName();
              json.nextToken();
              evidence.columns.put(column, ColumnEvidence.parse(json));
            }
          }
          case "spellings" -> {
            while (json.nextToken() != JsonToken.END_ARRAY) {
              evidence.spellings.add(json.getText());
            }
          }
          case "nameless" -> evidence.nameless = json.getBooleanValue();
          default -> throw new IllegalArgumentException("unknown field '" + name + "' in evidence");
        }
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("no evidence of a schema: " + e.getMessage(), e);
    }
    return evidence;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SchemaEvidence that
        && columns.equals(that.columns)
        && orders.equals(that.orders)
        && spellings.equals(that.spellings)
        && nameless == that.nameless;
  }

  @Override
  public int hashCode() {
    return Objects.hash(columns, orders, spellings, nameless);
  }

  @Override
  public String toString() {
    return toJson();
  }
}
