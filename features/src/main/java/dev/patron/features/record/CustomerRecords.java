package dev.patron.features.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.ColumnBuilder;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.ColumnNames;
import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.TableDefinition.Format.Kind;
import dev.patron.features.tables.Tables;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells which bronze records of a table are of some customers: by the record's key, by its columns,
 * by either image of a change. A record that cannot be decoded may be somebody's too: a tombstone
 * is looked at like any other, and of one that is broken the fields that are left are.
 *
 * <p>A change that only came from one of them, of a row that is somebody else's by now, is that
 * somebody's: it stays, without its image before, which nothing is made of (SEMANTICS 1).
 *
 * <p>Not for several threads at a time.
 */
public final class CustomerRecords implements Serializable {
  private static final long serialVersionUID = 1;

  /** A field with a single value, in what need not be JSON as a whole. */
  private static final Pattern FIELD =
      Pattern.compile(
          "\"([^\"\\\\]{1,200})\"\\s{0,20}:\\s{0,20}(?:\"([^\"\\\\]{1,200})|([^\\s\",}\\]]{1,200}))");

  /** What may stand between two words of a line without a header. */
  private static final Pattern BETWEEN_WORDS = Pattern.compile("[\\s\"']+");

  private enum Verdict {
    /** Of none of them. */
    OTHERS,
    /** Of one of them. */
    THEIRS,
    /** Of somebody else, and of one of them before. */
    THEIRS_BEFORE
  }

  private final TableDefinition table;
  private final String column;
  private final String common;
  private final TreeSet<String> elsewhere;
  private final CustomerDigests customers;

  // What reads records; made where it is needed.
  private transient @Nullable DebeziumReader debezium;
  private transient @Nullable JsonRecord keyRecord;
  private transient @Nullable CsvRecord csv;

  // The CSV header met last.
  private transient byte @Nullable [] header;
  private transient @Nullable List<String> names;

  /** The columns that may say whose the record is that was looked at last. */
  private transient Set<String> columns = Set.of();

  /** Whose the record is that was looked at last; the first of them, if it is of several. */
  private transient @Nullable String whose;

  /**
   * Records of one table.
   *
   * @param column the column of the table that says whose a record is; it need not have one
   * @param common what that column is called in most tables; records of tables that nobody named
   *     are theirs by it
   * @param elsewhere what that column is called in the tables that share the table's sources: what
   *     is broken, or does not say its table, is of any of them
   */
  public CustomerRecords(
      TableDefinition table,
      String column,
      String common,
      Set<String> elsewhere,
      CustomerDigests customers) {
    this.table = table;
    this.column = column;
    this.common = common;
    this.elsewhere = new TreeSet<>(elsewhere);
    this.elsewhere.add(column);
    this.elsewhere.add(common);
    this.customers = customers;
  }

  /**
   * How many records are of each of these customers, by digest; nobody with none.
   *
   * @param bronze rows of {@link Tables#BRONZE}; for Parquet, behind the source's own columns
   */
  public Map<String, Long> count(Frame bronze) {
    Map<String, Long> counts = new TreeMap<>();
    for (int row = 0; row < bronze.rows(); row++) {
      if (of(bronze, row) != Verdict.OTHERS && whose != null) {
        counts.merge(whose, 1L, Long::sum);
      }
    }
    return counts;
  }

  /**
   * The records without theirs; the same frame if there is none.
   *
   * @param bronze as for {@link #count}
   */
  public Frame without(Frame bronze) {
    int[] kept = {0};
    Map<Integer, byte[]> others = new TreeMap<>();
    Frame left =
        bronze.filter(
            row -> {
              Verdict verdict = of(bronze, row);
              if (verdict == Verdict.THEIRS_BEFORE) {
                others.put(kept[0], reader().withoutBefore());
              }
              kept[0] += verdict == Verdict.THEIRS ? 0 : 1;
              return verdict != Verdict.THEIRS;
            });
    return others.isEmpty() ? left : withValues(left, others);
  }

  private static Frame withValues(Frame frame, Map<Integer, byte[]> values) {
    BytesColumn before = frame.bytes("_value");
    BytesColumn.Builder after = (BytesColumn.Builder) ColumnBuilder.of(Type.STRING);
    for (int row = 0; row < frame.rows(); row++) {
      byte[] value = values.get(row);
      if (value == null) {
        after.appendFrom(before, row);
      } else {
        after.append(value, 0, value.length);
      }
    }
    return frame.with("_value", Type.STRING, after.build());
  }

  private Verdict of(Frame bronze, int row) {
    whose = null;
    columns = table.format().kind() == Kind.DEBEZIUM ? elsewhere : Set.of(column);
    Kind kind = table.format().kind();
    if (kind == Kind.PARQUET && bronze.bytes("_header").isNull(row)) {
      whose =
          bronze.schema().has(column)
              ? customers.find(bronze.schema().type(column), bronze.column(column), row)
              : null;
      return verdict(whose != null);
    }
    BytesColumn texts = bronze.bytes("_value");
    BytesColumn keys = bronze.bytes("_key");
    Verdict verdict = Verdict.OTHERS;
    if (!texts.isNull(row)
        && !BronzeFrames.isBlank(texts.array(), texts.from(row), texts.to(row))) {
      verdict =
          switch (kind) {
            case CSV -> verdict(isCsvOfThem(bronze, row));
            case DEBEZIUM -> ofEvent(bronze, row);
            default -> verdict(isObjectOfThem(texts, row));
          };
    } else if (kind == Kind.DEBEZIUM
        && RecordDecoder.hasTopic(bronze, row)
        && table
            .format()
            .sourceTable()
            .equals(DebeziumRouter.tableOf(bronze.bytes("_source").text(row)))) {
      columns = Set.of(column);
    }
    return verdict != Verdict.THEIRS && !keys.isNull(row) && isKeyOfThem(keys, row)
        ? Verdict.THEIRS
        : verdict;
  }

  private static Verdict verdict(boolean theirs) {
    return theirs ? Verdict.THEIRS : Verdict.OTHERS;
  }

  private boolean isOneOfThem(String identity) {
    String digest = customers.find(identity);
    whose = whose == null ? digest : whose;
    return digest != null;
  }

  // ------------------------------------------------------------------ change events

  /** What an image says of a customer. */
  private record Said(String column, String identity) {}

  private Verdict ofEvent(Frame bronze, int row) {
    BytesColumn texts = bronze.bytes("_value");
    DebeziumReader event = reader();
    List<Said> after = new ArrayList<>();
    List<Said> before = new ArrayList<>();
    try {
      event.read(
          texts.array(),
          texts.from(row),
          texts.to(row),
          (name, parser, schema) -> take(name, parser, schema, after));
      if (event.hasBefore()) {
        event.readBefore((name, parser, schema) -> take(name, parser, schema, before));
      }
    } catch (JsonProcessingException e) {
      return verdict(isFieldOfThemIn(texts.text(row)));
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory cannot fail to be read", e);
    }
    boolean isOwn = RecordDecoder.isFor(table, event, bronze, row);
    if (isOwn && (event.table() != null || RecordDecoder.hasTopic(bronze, row))) {
      columns = Set.of(column);
    } else if (event.table() != null) {
      columns = Set.of(common);
    }
    if (areTheirs(after)
        || (event.form() == DebeziumReader.Form.UNWRAPPED
            && texts.text(row).stripLeading().startsWith("{\"payload\"")
            && isFieldOfThemIn(texts.text(row)))) {
      return Verdict.THEIRS;
    }
    if (!areTheirs(before)) {
      return Verdict.OTHERS;
    }
    boolean isSomebodys = after.stream().anyMatch(said -> said.column().equals(column));
    return isSomebodys && isOwn && !table.key().contains(column)
        ? Verdict.THEIRS_BEFORE
        : Verdict.THEIRS;
  }

  private boolean areTheirs(List<Said> said) {
    boolean theirs = false;
    for (Said one : said) {
      theirs |= columns.contains(one.column()) && isOneOfThem(one.identity());
    }
    return theirs;
  }

  private void take(
      String field, JsonParser parser, @Nullable ConnectSchema schema, List<Said> said)
      throws IOException {
    String name = ColumnNames.normalise(field);
    if (!elsewhere.contains(name)) {
      parser.skipChildren();
      return;
    }
    String identity = identity(parser, schema);
    if (identity != null) {
      said.add(new Said(name, identity));
    }
  }

  /** A single value as text, with the numbers that Debezium writes as bytes; else null. */
  private static @Nullable String identity(JsonParser parser, @Nullable ConnectSchema schema)
      throws IOException {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.VALUE_NULL) {
      return null;
    }
    if (token.isScalarValue()) {
      return token == JsonToken.VALUE_STRING
              && schema != null
              && schema.meaning() == ConnectSchema.Meaning.DECIMAL
          ? number(parser.getText(), schema.scale())
          : parser.getText();
    }
    if (token != JsonToken.START_OBJECT) {
      parser.skipChildren();
      return null;
    }
    String bytes = null;
    int scale = 0;
    int fields = 0;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      fields++;
      if (name.equals("scale") && value == JsonToken.VALUE_NUMBER_INT) {
        scale = parser.getIntValue();
      } else if (name.equals("value") && value == JsonToken.VALUE_STRING) {
        bytes = parser.getText();
      } else {
        parser.skipChildren();
      }
    }
    return bytes == null || fields != 2 ? null : number(bytes, scale);
  }

  /** A number of base64 bytes; the text itself if it is none. */
  private static String number(String bytes, int scale) {
    try {
      BigInteger unscaled = new BigInteger(Base64.getDecoder().decode(bytes));
      return new BigDecimal(unscaled, scale).toPlainString();
    } catch (IllegalArgumentException e) {
      return bytes;
    }
  }

  private DebeziumReader reader() {
    DebeziumReader known = debezium;
    if (known == null) {
      known = new DebeziumReader();
      debezium = known;
    }
    return known;
  }

  /** A key may be an object, or a single value where it is the customer alone. */
  private boolean isKeyOfThem(BytesColumn keys, int row) {
    JsonRecord record = keyRecord;
    if (record == null) {
      record = new JsonRecord();
      keyRecord = record;
    }
    boolean isCustomer = table.key().equals(List.of(column));
    try {
      record.take(keys.array(), keys.from(row), keys.to(row));
      ConnectSchema schema = record.schema();
      try (JsonParser parser = record.parser()) {
        JsonToken first = parser.nextToken();
        if (first == JsonToken.START_OBJECT) {
          List<Said> said = new ArrayList<>();
          while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            take(name, parser, schema == null ? null : schema.field(name), said);
          }
          return areTheirs(said);
        }
        String identity = first == null || !isCustomer ? null : identity(parser, schema);
        return identity != null && isOneOfThem(identity);
      }
    } catch (JsonProcessingException e) {
      // Flat records have keys that are no JSON: plain text.
      return isCustomer ? isOneOfThem(keys.text(row).strip()) : isFieldOfThemIn(keys.text(row));
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory cannot fail to be read", e);
    }
  }

  // ------------------------------------------------------------------ flat JSON

  private boolean isObjectOfThem(BytesColumn texts, int row) {
    List<Said> said = new ArrayList<>();
    try (JsonParser parser = JsonRecord.parser(texts.array(), texts.from(row), texts.length(row))) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return isFieldOfThemIn(texts.text(row));
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        take(name, parser, null, said);
      }
      return areTheirs(said)
          // Not one object: decoding refuses it, whatever else it holds.
          || (parser.nextToken() != null && isFieldOfThemIn(texts.text(row)));
    } catch (JsonProcessingException e) {
      return isFieldOfThemIn(texts.text(row));
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory cannot fail to be read", e);
    }
  }

  /** Whether a field of this name is one of them, in what is no JSON (any more). */
  private boolean isFieldOfThemIn(String text) {
    Matcher fields = FIELD.matcher(text.replace("\\\"", "\""));
    while (fields.find()) {
      String name = ColumnNames.normalise(fields.group(1));
      String value = fields.group(2) == null ? fields.group(3) : fields.group(2);
      if (columns.contains(name) && isOneOfThem(value)) {
        return true;
      }
    }
    return false;
  }

  // ------------------------------------------------------------------ CSV

  private boolean isCsvOfThem(Frame bronze, int row) {
    BytesColumn texts = bronze.bytes("_value");
    BytesColumn headers = bronze.bytes("_header");
    CsvRecord record = csv;
    if (record == null) {
      record = new CsvRecord(table.format().delimiter());
      csv = record;
    }
    if (headers.isNull(row)) {
      // The end of a file that broke off: nothing says which field is which.
      return isAnywhereIn(texts.text(row));
    }
    List<String> fields = names(record, headers, row);
    if (fields.isEmpty()) {
      return isAnywhereIn(texts.text(row));
    }
    int place = -1;
    for (int field = 0; field < fields.size() && place < 0; field++) {
      place = ColumnNames.normalise(fields.get(field)).equals(column) ? field : -1;
    }
    if (place < 0) {
      return false;
    }
    List<String> values = values(record, texts, row);
    // What has too many fields or too few has them before the customer or behind.
    int shift = values.size() - fields.size();
    for (int field = Math.max(0, place + Math.min(0, shift));
        field < values.size() && field <= place + Math.max(0, shift);
        field++) {
      if (isOneOfThem(values.get(field))) {
        return true;
      }
    }
    return false;
  }

  private List<String> values(CsvRecord record, BytesColumn texts, int row) {
    List<String> values = new ArrayList<>();
    if (!record.read(texts.array(), texts.from(row), texts.to(row))) {
      // A quote is astray.
      String delimiter = String.valueOf(table.format().delimiter());
      for (String value :
          Pattern.compile(delimiter, Pattern.LITERAL).splitAsStream(texts.text(row)).toList()) {
        values.add(value.replace("\"", ""));
      }
      return values;
    }
    for (int field = 0; field < record.size(); field++) {
      int from = record.from(field);
      values.add(new String(record.array(field), from, record.to(field) - from, UTF_8));
    }
    return values;
  }

  private List<String> names(CsvRecord record, BytesColumn headers, int row) {
    List<String> known = names;
    if (known == null || header == null || !headers.is(row, header)) {
      known = CsvHeader.names(record, headers.array(), headers.from(row), headers.to(row));
      header = headers.copy(row);
      names = known;
    }
    return known;
  }

  private boolean isAnywhereIn(String text) {
    return BETWEEN_WORDS
        .splitAsStream(text.replace(table.format().delimiter(), ' '))
        .anyMatch(word -> !word.isEmpty() && isOneOfThem(word));
  }
}
