package dev.patron.features.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.tables.ColumnNames;
import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.TableDefinition.Format.Kind;
import dev.patron.features.tables.Tables;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells which bronze records of a table are of some customers: by the record's key, by its columns,
 * by either image of a change. A record that cannot be decoded may be somebody's too: a tombstone
 * is looked at like any other, and of one that is broken the words are, so that what decoding
 * refuses is found where it still says a customer.
 *
 * <p>Not for several threads at a time.
 */
public final class CustomerRecords implements Serializable {
  private static final long serialVersionUID = 1;

  /** Fields of Debezium's JSON that hold a row, or hold what holds it. */
  private static final Set<String> HOLDERS = Set.of("payload", "before", "after");

  /** A field with a single value, in what need not be JSON as a whole. */
  private static final Pattern FIELD =
      Pattern.compile(
          "\"([^\"\\\\]{1,200})\"\\s{0,20}:\\s{0,20}(?:\"([^\"\\\\]{1,200})|([^\\s\",}\\]]{1,200}))");

  /** What stands between the words of a line. */
  private static final Pattern BETWEEN_WORDS = Pattern.compile("[\\s\"',;:|]+");

  private final TableDefinition table;
  private final String column;
  private final CustomerDigests customers;
  private transient @Nullable CsvRecord csv;

  // The CSV header met last.
  private transient byte @Nullable [] header;
  private transient @Nullable List<String> names;

  /** Whose the record is that was looked at last; the first of them, if it is of several. */
  private transient @Nullable String whose;

  /**
   * Records of one table.
   *
   * @param column the column of the table that says whose a record is
   */
  public CustomerRecords(TableDefinition table, String column, CustomerDigests customers) {
    this.table = table;
    this.column = column;
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
      if (isTheirs(bronze, row) && whose != null) {
        counts.merge(whose, 1L, Long::sum);
      }
    }
    return counts;
  }

  /** The records that are of none of them. */
  public Frame without(Frame bronze) {
    return bronze.filter(row -> !isTheirs(bronze, row));
  }

  private boolean isOneOfThem(String identity) {
    String digest = customers.find(identity);
    whose = whose == null ? digest : whose;
    return digest != null;
  }

  private boolean isTheirs(Frame bronze, int row) {
    whose = null;
    Kind kind = table.format().kind();
    if (kind == Kind.PARQUET) {
      whose =
          bronze.schema().has(column)
              ? customers.find(bronze.schema().type(column), bronze.column(column), row)
              : null;
      return whose != null;
    }
    BytesColumn texts = bronze.bytes("_value");
    BytesColumn keys = bronze.bytes("_key");
    boolean empty =
        texts.isNull(row) || BronzeFrames.isBlank(texts.array(), texts.from(row), texts.to(row));
    return (!empty
            && (kind == Kind.CSV
                ? isCsvOfThem(bronze, row)
                : isJsonOfThem(texts.array(), texts.from(row), texts.length(row))))
        || (!keys.isNull(row) && isKeyOfThem(keys, row));
  }

  // ------------------------------------------------------------------ JSON

  private boolean isJsonOfThem(byte[] bytes, int from, int length) {
    try (JsonParser parser = JsonRecord.FACTORY.createParser(bytes, from, length)) {
      boolean theirs = false;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.START_OBJECT) {
          theirs |= isObjectOfThem(parser);
        } else if (token == JsonToken.VALUE_STRING && parser.getText().startsWith("{")) {
          // Some who write records into files write what Kafka holds as one text.
          byte[] within = parser.getText().getBytes(UTF_8);
          theirs |= isJsonOfThem(within, 0, within.length);
        }
      }
      return theirs;
    } catch (JsonProcessingException e) {
      return isFieldOfThemIn(new String(bytes, from, length, UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory cannot fail to be read", e);
    }
  }

  /** Reads an object to its end, and looks at the column's value in it and in its images. */
  private boolean isObjectOfThem(JsonParser parser) throws IOException {
    boolean theirs = false;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      if (value == JsonToken.START_OBJECT && holdsARow(name)) {
        theirs |= isObjectOfThem(parser);
      } else if (value.isScalarValue() && isTheColumn(name)) {
        theirs |= value != JsonToken.VALUE_NULL && isOneOfThem(parser.getText());
      } else {
        parser.skipChildren();
      }
    }
    return theirs;
  }

  private boolean holdsARow(String field) {
    return table.format().kind() == Kind.DEBEZIUM && HOLDERS.contains(field);
  }

  private boolean isTheColumn(String field) {
    return field.equals(column) || ColumnNames.normalise(field).equals(column);
  }

  /** A key may be an object, or a single value where it is the customer alone. */
  private boolean isKeyOfThem(BytesColumn keys, int row) {
    try (JsonParser parser =
        JsonRecord.FACTORY.createParser(keys.array(), keys.from(row), keys.length(row))) {
      JsonToken first = parser.nextToken();
      if (first == JsonToken.START_OBJECT) {
        boolean theirs = false;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String name = parser.currentName();
          JsonToken value = parser.nextToken();
          if (value == JsonToken.START_OBJECT && name.equals("payload")) {
            theirs |= isObjectOfThem(parser);
          } else if (value.isScalarValue()
              && (isTheColumn(name) || (name.equals("payload") && isKeyedByCustomer()))) {
            theirs |= value != JsonToken.VALUE_NULL && isOneOfThem(parser.getText());
          } else {
            parser.skipChildren();
          }
        }
        return theirs;
      }
      if (first != null && first.isScalarValue() && isKeyedByCustomer()) {
        return isOneOfThem(parser.getText());
      }
      return false;
    } catch (JsonProcessingException e) {
      // Flat records have keys that are no JSON: plain text.
      return isKeyedByCustomer()
          ? isOneOfThem(keys.text(row).strip())
          : isFieldOfThemIn(keys.text(row));
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory cannot fail to be read", e);
    }
  }

  private boolean isKeyedByCustomer() {
    return table.key().equals(List.of(column));
  }

  private boolean isFieldOfThemIn(String text) {
    Matcher fields = FIELD.matcher(text);
    while (fields.find()) {
      String value = fields.group(2) == null ? fields.group(3) : fields.group(2);
      if (isTheColumn(fields.group(1)) && isOneOfThem(value)) {
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
    List<String> columns = headers.isNull(row) ? List.of() : names(record, headers, row);
    if (!record.read(texts.array(), texts.from(row), texts.to(row))
        || record.size() != columns.size()) {
      return isAnywhereIn(texts.text(row));
    }
    for (int field = 0; field < columns.size(); field++) {
      int from = record.from(field);
      if (isTheColumn(columns.get(field))
          && isOneOfThem(new String(record.array(field), from, record.to(field) - from, UTF_8))) {
        return true;
      }
    }
    return false;
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

  /** A line whose fields cannot be told apart by the header is theirs if any word of it is. */
  private boolean isAnywhereIn(String text) {
    return BETWEEN_WORDS.splitAsStream(text).anyMatch(word -> !word.isEmpty() && isOneOfThem(word));
  }
}
