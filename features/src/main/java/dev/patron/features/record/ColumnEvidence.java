package dev.patron.features.record;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.purchases.Money;
import dev.patron.features.tables.ColumnNames;
import dev.patron.features.tables.TableDefinition.Role;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of the values of one column: a set of facts that only grows, how many values of
 * each kind JSON had, and records of each type, until the column was to {@link #take} one, and the
 * type that it is to {@link #keep}; merging passes both on.
 */
final class ColumnEvidence {

  /** What JSON tells apart; of equally many the first decides. Their names are stored. */
  private enum Kind {
    NUMBER,
    TEXT,
    TRUTH,
    OBJECT,
    ARRAY,
    /** Debezium's decimal beside its scale: an object that stands for a number. */
    VARIABLE_DECIMAL
  }

  /** Single facts. Their names are stored. */
  private enum Seen {
    /** JSON integers within 64 bits. */
    INTEGER,
    /** JSON integers beyond 64 bits. */
    BIG_INTEGER,
    /** Other JSON numbers. */
    FRACTION,
    /** Numbers, in JSON or in text, with an exponent. */
    EXPONENT,
    TRUTH,
    OBJECT,
    ARRAY,
    TEXT,
    /** Text that is no plain 64-bit integer, or has a leading zero or plus. */
    NOT_INTEGER,
    /** Text that is no number, or an integer beyond 64 bits, or has a leading zero or plus. */
    NOT_NUMBER,
    NOT_TRUTH,
    NOT_DATE,
    NOT_TIMESTAMP,
    /** Text that is a number with a fraction, or an integer beyond 64 bits. */
    TEXT_FRACTION,
    /** Text that is any number. */
    TEXT_NUMBER,
    TEXT_DATE,
    TEXT_TIMESTAMP,
    /** Text that is a number and no date, which may count time. */
    TEXT_EPOCH
  }

  private static final int LONGEST_TIME = 64;

  /** What holds of text that does not even begin like a number. */
  private static final Set<Seen> NO_NUMBER_OR_TIME =
      EnumSet.of(Seen.NOT_INTEGER, Seen.NOT_NUMBER, Seen.NOT_DATE, Seen.NOT_TIMESTAMP);

  /** The scale above which money is no longer held in a decimal(18,s). */
  private static final int MONEY_SCALE = 6;

  /** The most digits before the point of an amount that is not refused. */
  private static final int MONEY_DIGITS = 12;

  /** Whole numbers of so many digits are doubles exactly. */
  private static final int DIGITS_OF_DOUBLE = 15;

  private final EnumSet<Seen> facts = EnumSet.noneOf(Seen.class);
  private final EnumMap<Kind, Long> values = new EnumMap<>(Kind.class);

  /** The kind of the values that the column has, whatever comes to it. */
  private @Nullable Kind taken;

  private int scale;
  private int integerDigits;

  /** Types that schemas and files state, and of how many records. */
  private final TreeMap<String, Long> types = new TreeMap<>();

  /** Of the types that are stated, the one that the column has taken, whatever comes to it. */
  private @Nullable Type takenType;

  private final TreeMap<String, ColumnEvidence> fields = new TreeMap<>();
  private @Nullable ColumnEvidence element;

  /** What the column stays, whatever is seen, but for a wider type. */
  private @Nullable Type kept;

  private void saw(Seen what) {
    facts.add(what);
  }

  private boolean has(Seen what) {
    return facts.contains(what);
  }

  private void sawOne(Kind kind) {
    values.merge(kind, 1L, Long::sum);
  }

  /** Adds a type that a schema or a file states of so many records. */
  void stated(Type type, long records) {
    types.merge(type.toString(), records, Long::sum);
  }

  /** Adds the JSON value at the parser's current token, and leaves the parser at its last. */
  void json(JsonParser parser, SchemaEvidence.Scratch scratch) throws IOException {
    switch (parser.currentToken()) {
      case VALUE_TRUE, VALUE_FALSE -> {
        saw(Seen.TRUTH);
        sawOne(Kind.TRUTH);
      }
      case VALUE_STRING -> {
        if (scratch.text().take(parser) && !scratch.isPlaceholder()) {
          sawOne(Kind.TEXT);
          text(scratch.text().array(), 0, scratch.text().length(), scratch);
        }
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
        NumberText number = scratch.number();
        if (scratch.text().take(parser)
            && number.read(scratch.text().array(), 0, scratch.text().length())) {
          boolean integer = !number.hasPoint() && !number.hasExponent();
          saw(!integer ? Seen.FRACTION : number.isLong() ? Seen.INTEGER : Seen.BIG_INTEGER);
          sawOne(Kind.NUMBER);
          digits(number);
        }
      }
      case START_ARRAY -> array(parser, scratch);
      case START_OBJECT -> {
        boolean hasFields = false;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String name = parser.currentName();
          parser.nextToken();
          if (scratch.isField(name)) {
            field(name).json(parser, scratch);
            hasFields = true;
          } else {
            parser.skipChildren();
          }
        }
        if (hasFields) {
          saw(Seen.OBJECT);
          sawOne(Kind.OBJECT);
        }
      }
      default -> {}
    }
  }

  private void array(JsonParser parser, SchemaEvidence.Scratch scratch) throws IOException {
    saw(Seen.ARRAY);
    sawOne(Kind.ARRAY);
    ColumnEvidence elements = element;
    if (elements == null) {
      elements = new ColumnEvidence();
      element = elements;
    }
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      elements.json(parser, scratch);
    }
  }

  private ColumnEvidence field(String name) {
    return fields.computeIfAbsent(name, key -> new ColumnEvidence());
  }

  /** Adds the text {@code [from, to)}. */
  void text(byte[] bytes, int from, int to, SchemaEvidence.Scratch scratch) {
    saw(Seen.TEXT);
    byte first = from == to ? 0 : bytes[from];
    boolean mayBeNumber =
        (first >= '0' && first <= '9') || first == '-' || first == '+' || first == '.';
    if (!mayBeNumber && !scratch.hasPattern()) {
      facts.addAll(NO_NUMBER_OR_TIME);
      if (ValueReader.truth(bytes, from, to) < 0) {
        saw(Seen.NOT_TRUTH);
      }
      return;
    }
    NumberText number = scratch.number();
    boolean isNumber = mayBeNumber && number.read(bytes, from, to);
    boolean isName = isNumber && (number.hasLeadingZero() || number.hasPlus());
    boolean isLong = isNumber && number.isLong();
    boolean isInteger = isNumber && !number.hasPoint() && !number.hasExponent();
    if (!isLong || isName) {
      saw(Seen.NOT_INTEGER);
    }
    if (!isNumber || isName || (isInteger && !isLong)) {
      saw(Seen.NOT_NUMBER);
    }
    if (ValueReader.truth(bytes, from, to) < 0) {
      saw(Seen.NOT_TRUTH);
    }
    if (isNumber) {
      saw(Seen.TEXT_NUMBER);
      digits(number);
      if (!isLong) {
        saw(Seen.TEXT_FRACTION);
      }
    }
    time(bytes, from, to, isNumber, scratch.times());
  }

  private void time(byte[] bytes, int from, int to, boolean isNumber, TimeText times) {
    boolean counts = isNumber && times.unit() != null;
    TimeText.Found found =
        counts || to - from > LONGEST_TIME ? TimeText.Found.NOTHING : times.read(bytes, from, to);
    switch (found) {
      case DATE -> saw(Seen.TEXT_DATE);
      case TIMESTAMP -> {
        saw(Seen.TEXT_TIMESTAMP);
        saw(Seen.NOT_DATE);
      }
      default -> {
        saw(Seen.NOT_DATE);
        saw(Seen.NOT_TIMESTAMP);
        if (isNumber) {
          saw(Seen.TEXT_EPOCH);
        }
      }
    }
  }

  private void digits(NumberText number) {
    if (number.hasExponent()) {
      // What no amount can be says nothing of how amounts are written; it will be refused.
      if (Math.abs(number.toDouble()) < Money.limit(Type.DOUBLE)) {
        saw(Seen.EXPONENT);
      }
    } else if (number.integerDigits() + number.scale() <= Type.Decimal.MAX_PRECISION) {
      // What no decimal holds says nothing of the others; where it can be no double, it will be
      // refused.
      scale = Math.max(scale, number.scale());
      integerDigits = Math.max(integerDigits, number.integerDigits());
    }
  }

  /**
   * The kind that the column has taken, or else that of most of its values, so that the fewest
   * records are refused; null if there was no value.
   */
  private @Nullable Kind kind() {
    if (taken != null) {
      return taken;
    }
    Kind most = null;
    for (Kind kind : Kind.values()) {
      if (has(kind) && (most == null || count(kind) > count(most))) {
        most = kind;
      }
    }
    return most;
  }

  private boolean has(Kind kind) {
    return switch (kind) {
      case NUMBER -> has(Seen.INTEGER) || has(Seen.BIG_INTEGER) || has(Seen.FRACTION);
      case TEXT -> has(Seen.TEXT);
      case TRUTH -> has(Seen.TRUTH);
      case OBJECT -> has(Seen.OBJECT) && !fields.isEmpty();
      case ARRAY -> has(Seen.ARRAY);
      case VARIABLE_DECIMAL -> false;
    };
  }

  /** Zero where values were seen before they were counted. */
  private long count(Kind kind) {
    return values.getOrDefault(kind, 0L);
  }

  /** The column has had these values: it stays of their kind. */
  void take(boolean debezium) {
    Kind kind = kind();
    taken = kind == Kind.OBJECT && debezium && isVariableDecimal() ? Kind.VARIABLE_DECIMAL : kind;
    values.clear();
    if (!types.isEmpty()) {
      takenType = WiderTypes.ofMost(types, takenType == null ? typeBefore() : takenType);
    }
    types.replaceAll((type, records) -> 0L);
    fields.values().forEach(field -> field.take(debezium));
    if (element != null) {
      element.take(debezium);
    }
  }

  /** The type by notes that do not say which was taken, of types alone; null without any. */
  private @Nullable Type typeBefore() {
    Map<String, Long> before = new TreeMap<>(types);
    before.values().removeIf(records -> records > 0);
    return before.isEmpty() ? null : WiderTypes.ofMost(before, null);
  }

  /** Adds all that was seen elsewhere, and nowhere else: its values are counted once more. */
  void merge(ColumnEvidence other) {
    facts.addAll(other.facts);
    other.values.forEach((kind, count) -> values.merge(kind, count, Long::sum));
    scale = Math.max(scale, other.scale);
    integerDigits = Math.max(integerDigits, other.integerDigits);
    if (taken == null) {
      taken = other.taken;
    }
    if (takenType == null) {
      takenType = other.takenType;
    }
    other.types.forEach((type, records) -> types.merge(type, records, Long::sum));
    other.fields.forEach((name, evidence) -> field(name).merge(evidence));
    ColumnEvidence otherElement = other.element;
    if (otherElement != null) {
      ColumnEvidence merged = element == null ? new ColumnEvidence() : element;
      merged.merge(otherElement);
      element = merged;
    }
    if (kept == null) {
      kept = other.kept;
    }
  }

  /** Whether values were seen, or types stated, and none of them has parts. */
  boolean isScalar() {
    return (!facts.isEmpty() || !types.isEmpty()) && fields.isEmpty() && element == null;
  }

  /** The column has had values of this type: it stays what it is, or becomes wider. */
  void keep(Type type) {
    kept = type;
  }

  // ---- What follows from it

  /**
   * The type that follows.
   *
   * @param path the column's name; for fields of nested rows with the outer names before it
   * @param roles what columns mean, by path
   * @param csv whether text is all that there can be
   * @param debezium whether an object may be a decimal with its scale
   */
  Type resolve(String path, Map<String, Role> roles, boolean csv, boolean debezium) {
    Type found = resolveSeen(path, roles, csv, debezium);
    Type before = kept;
    return before == null ? found : WiderTypes.stays(before, found, this::holds);
  }

  private Type resolveSeen(String path, Map<String, Role> roles, boolean csv, boolean debezium) {
    Role role = roles.get(path);
    if (!types.isEmpty()) {
      if (role == null || role == Role.IDENTITY || role == Role.PLACE) {
        return WiderTypes.ofMost(types, takenType);
      }
      // Text is but one way to write a time or an amount: types that come later widen it as well.
      Type stated = WiderTypes.ofMost(types, takenType == Type.STRING ? null : takenType);
      return stated == Type.STRING ? resolveRole(role, stated) : stated;
    }
    Type plain = csv ? resolveText() : resolveJson(path, roles, debezium);
    return role == null ? plain : resolveRole(role, plain);
  }

  private Type resolveRole(Role role, Type plain) {
    return switch (role) {
      case MONEY -> money();
      case QUANTITY -> {
        boolean fraction =
            has(Seen.FRACTION)
                || has(Seen.BIG_INTEGER)
                || has(Seen.TEXT_FRACTION)
                || has(Seen.EXPONENT);
        yield fraction ? Type.DOUBLE : Type.LONG;
      }
      case TIME -> {
        boolean moreThanDates =
            has(Seen.TEXT_TIMESTAMP)
                || has(Seen.TEXT_EPOCH)
                || has(Seen.INTEGER)
                || has(Seen.FRACTION);
        yield has(Seen.TEXT_DATE) && !moreThanDates ? Type.DATE : Type.TIMESTAMP;
      }
      case IDENTITY -> identity(plain);
      case PLACE -> plain;
    };
  }

  private Type identity(Type plain) {
    boolean name =
        has(Seen.FRACTION)
            || has(Seen.BIG_INTEGER)
            || has(Seen.TRUTH)
            || (has(Seen.TEXT) && has(Seen.NOT_INTEGER));
    boolean scalar = has(Seen.INTEGER) || has(Seen.TEXT);
    return name ? Type.STRING : scalar ? Type.LONG : plain;
  }

  private Type money() {
    boolean number =
        has(Seen.INTEGER) || has(Seen.BIG_INTEGER) || has(Seen.FRACTION) || has(Seen.TEXT_NUMBER);
    if (!number) {
      return new Type.Decimal(Type.Decimal.LONG_PRECISION, 2);
    }
    if (has(Seen.EXPONENT)) {
      return Type.DOUBLE;
    }
    int whole = Math.max(1, Math.min(integerDigits, MONEY_DIGITS));
    if (scale <= MONEY_SCALE && whole + scale <= Type.Decimal.LONG_PRECISION) {
      return new Type.Decimal(Type.Decimal.LONG_PRECISION, scale);
    }
    return new Type.Decimal(
        Type.Decimal.MAX_PRECISION, Math.min(scale, Type.Decimal.MAX_PRECISION - whole));
  }

  private Type resolveText() {
    if (!has(Seen.TEXT)) {
      return Type.STRING;
    }
    return !has(Seen.NOT_INTEGER)
        ? Type.LONG
        : !has(Seen.NOT_NUMBER)
            ? fractions()
            : !has(Seen.NOT_TRUTH)
                ? Type.BOOLEAN
                : !has(Seen.NOT_DATE)
                    ? Type.DATE
                    : !has(Seen.NOT_TIMESTAMP) ? Type.TIMESTAMP : Type.STRING;
  }

  private Type resolveJson(String path, Map<String, Role> roles, boolean debezium) {
    Kind kind = kind();
    if (kind == null) {
      return Type.STRING;
    }
    ColumnEvidence elements = element;
    return switch (kind) {
      case NUMBER -> number();
      case TEXT, VARIABLE_DECIMAL -> Type.STRING;
      case TRUTH -> Type.BOOLEAN;
      case OBJECT -> debezium && isVariableDecimal() ? Type.STRING : row(path, roles, debezium);
      case ARRAY ->
          new Type.ListOf(
              elements == null ? Type.STRING : elements.resolve(path, roles, false, debezium));
    };
  }

  /** The type that holds all numbers exactly, if there is one. */
  private Type number() {
    if (!has(Seen.FRACTION)) {
      return has(Seen.BIG_INTEGER) ? new Type.Decimal(Type.Decimal.MAX_PRECISION, 0) : Type.LONG;
    }
    return fractions();
  }

  private Type fractions() {
    boolean isDouble = integerDigits <= DIGITS_OF_DOUBLE || has(Seen.EXPONENT);
    return isDouble || integerDigits + scale > Type.Decimal.MAX_PRECISION
        ? Type.DOUBLE
        : new Type.Decimal(Type.Decimal.MAX_PRECISION, scale);
  }

  private Type row(String path, Map<String, Role> roles, boolean debezium) {
    ColumnNames.normalise(fields.keySet());
    List<Schema.Field> nested = new ArrayList<>();
    fields.forEach(
        (source, evidence) -> {
          String name = ColumnNames.normalise(source);
          nested.add(
              new Schema.Field(name, evidence.resolve(path + "." + name, roles, false, debezium)));
        });
    return new Type.RowOf(new Schema(nested));
  }

  private boolean isVariableDecimal() {
    ColumnEvidence scales = fields.get("scale");
    ColumnEvidence values = fields.get("value");
    return fields.size() == 2
        && scales != null
        && values != null
        && scales.facts.equals(EnumSet.of(Seen.INTEGER))
        && values.has(Seen.TEXT);
  }

  // ---- Stated types

  /**
   * Whether one type, found after another, has a value for each of its values, be it as text.
   * Numbers become wider ones where that is exact, and rows may have more fields.
   */
  boolean holds(Type wide, Type narrow) {
    if (wide.equals(narrow)) {
      return true;
    }
    if (wide instanceof Type.ListOf list && narrow instanceof Type.ListOf other) {
      return holds(list.element(), other.element());
    }
    if (wide instanceof Type.RowOf row && narrow instanceof Type.RowOf other) {
      return other.schema().fields().stream()
          .allMatch(
              field ->
                  row.schema().has(field.name())
                      && holds(row.schema().type(field.name()), field.type()));
    }
    if (wide == Type.STRING) {
      // What has a type of its own is not read as text.
      return types.isEmpty();
    }
    if (!WiderTypes.isNumber(narrow) || !WiderTypes.isNumber(wide)) {
      return WiderTypes.isTime(narrow) && wide == Type.TIMESTAMP;
    }
    if (wide == Type.DOUBLE) {
      return narrow == Type.LONG && integerDigits <= DIGITS_OF_DOUBLE;
    }
    // Of decimals that were seen their digits are known, of those that are stated their type alone.
    return types.isEmpty()
        || narrow == Type.DOUBLE
        || (WiderTypes.decimal(wide).scale() >= WiderTypes.decimal(narrow).scale()
            && WiderTypes.wholeDigits(wide) >= WiderTypes.wholeDigits(narrow));
  }

  // ---- JSON

  void write(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeArrayFieldStart("seen");
    for (Seen what : Seen.values()) {
      if (has(what)) {
        json.writeString(what.name());
      }
    }
    json.writeEndArray();
    if (!values.isEmpty()) {
      json.writeObjectFieldStart("values");
      for (Map.Entry<Kind, Long> count : values.entrySet()) {
        json.writeNumberField(count.getKey().name(), count.getValue());
      }
      json.writeEndObject();
    }
    if (taken != null) {
      json.writeStringField("taken", taken.name());
    }
    if (scale > 0) {
      json.writeNumberField("scale", scale);
    }
    if (integerDigits > 0) {
      json.writeNumberField("integerDigits", integerDigits);
    }
    if (!types.isEmpty()) {
      json.writeObjectFieldStart("types");
      for (Map.Entry<String, Long> type : types.entrySet()) {
        json.writeNumberField(type.getKey(), type.getValue());
      }
      json.writeEndObject();
    }
    Type statedBefore = takenType;
    if (statedBefore != null) {
      json.writeStringField("takenType", statedBefore.toString());
    }
    if (!fields.isEmpty()) {
      json.writeObjectFieldStart("fields");
      for (Map.Entry<String, ColumnEvidence> field : fields.entrySet()) {
        json.writeFieldName(field.getKey());
        field.getValue().write(json);
      }
      json.writeEndObject();
    }
    Type before = kept;
    if (before != null) {
      json.writeStringField("kept", before.toString());
    }
    ColumnEvidence elements = element;
    if (elements != null) {
      json.writeFieldName("element");
      elements.write(json);
    }
    json.writeEndObject();
  }

  static ColumnEvidence parse(JsonParser json) throws IOException {
    ColumnEvidence evidence = new ColumnEvidence();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      json.nextToken();
      switch (name) {
        case "seen" -> {
          while (json.nextToken() != JsonToken.END_ARRAY) {
            evidence.saw(Seen.valueOf(json.getText()));
          }
        }
        case "values" -> {
          while (json.nextToken() == JsonToken.FIELD_NAME) {
            Kind kind = Kind.valueOf(json.currentName());
            json.nextToken();
            evidence.values.put(kind, json.getLongValue());
          }
        }
        case "taken" -> evidence.taken = Kind.valueOf(json.getText());
        case "scale" -> evidence.scale = json.getIntValue();
        case "integerDigits" -> evidence.integerDigits = json.getIntValue();
        case "types" -> {
          boolean counted = json.currentToken() == JsonToken.START_OBJECT;
          while (json.nextToken() == JsonToken.FIELD_NAME
              || json.currentToken() == JsonToken.VALUE_STRING) {
            String type = json.getText();
            // A warehouse may know types from before their records were counted.
            evidence.types.put(type, counted ? json.nextLongValue(0) : 0);
          }
        }
        case "takenType" -> evidence.takenType = Type.parse(json.getText());
        case "fields" -> {
          while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            evidence.fields.put(field, parse(json));
          }
        }
        case "kept" -> evidence.kept = Type.parse(json.getText());
        case "element" -> evidence.element = parse(json);
        default -> throw new IllegalArgumentException("unknown field '" + name + "' in evidence");
      }
    }
    return evidence;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ColumnEvidence that
        && facts.equals(that.facts)
        && values.equals(that.values)
        && taken == that.taken
        && scale == that.scale
        && integerDigits == that.integerDigits
        && types.equals(that.types)
        && Objects.equals(takenType, that.takenType)
        && fields.equals(that.fields)
        && Objects.equals(element, that.element)
        && Objects.equals(kept, that.kept);
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        facts, values, taken, scale, integerDigits, types, takenType, fields, element, kept);
  }
}
