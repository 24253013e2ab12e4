package dev.patron.runners.serving;

import com.fasterxml.jackson.databind.JsonNode;
import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.ColumnBuilder;
import dev.patron.features.frame.DoubleColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.frame.Values;
import dev.patron.features.models.ModelDocument.Accepts;
import dev.patron.features.models.ModelDocument.Input;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sent rows as the features that the champions read. A row must have every column; null stands only
 * where a model takes it for "not known" (inputs of type double, as the mean of what never
 * happened), NaN and infinities nowhere.
 */
final class FeatureRows {
  /** The column that names the customer. */
  static final String CUSTOMER = "customer_id";

  /**
   * The one column that may be left out: when the window begins, which a season is known for or
   * not. A row without it is of the time of the features that the server knows.
   */
  static final String AS_OF = "as_of";

  private final Schema schema;
  private final Map<String, Accepts> inputs;

  /**
   * Features for models with these inputs.
   *
   * @param customerId the type of customers' identities, on which their draws depend
   */
  FeatureRows(Type customerId, List<Input> segmentInputs, List<Input> lifetimeInputs) {
    inputs = new LinkedHashMap<>();
    List<Input> all = new ArrayList<>(segmentInputs);
    all.addAll(lifetimeInputs);
    for (Input input : all) {
      // Of two models that read one column, the stricter says what it may be.
      inputs.merge(
          input.name(), input.accepts(), (one, other) -> one == Accepts.NUMBER ? other : one);
    }
    Schema built = Schema.of().with(CUSTOMER, customerId).with(AS_OF, Type.TIMESTAMP);
    for (Map.Entry<String, Accepts> input : inputs.entrySet()) {
      if (!input.getKey().equals(CUSTOMER)) {
        built = built.with(input.getKey(), type(input.getValue(), customerId));
      }
    }
    schema = built;
  }

  /** A number is scored as the double nearest to it, whichever type the tables hold it in. */
  private static Type type(Accepts accepts, Type customerId) {
    return switch (accepts) {
      case LONG -> Type.LONG;
      case DOUBLE, NUMBER -> Type.DOUBLE;
      case IDENTITY -> customerId;
    };
  }

  /** The columns of the features. */
  Schema schema() {
    return schema;
  }

  /**
   * The features in sent rows.
   *
   * @throws BadRequest that names what is missing or wrong, by row (from 1) and column
   */
  Frame of(SentRows sent) {
    List<String> missing = new ArrayList<>();
    int[] places = new int[schema.size()];
    for (int i = 0; i < places.length; i++) {
      String name = schema.field(i).name();
      places[i] = sent.columns().indexOf(name);
      if (places[i] < 0 && !name.equals(AS_OF)) {
        missing.add("'" + name + "'");
      }
    }
    if (!missing.isEmpty() && !sent.rows().isEmpty()) {
      throw new BadRequest(
          "%s missing; the models read %s, or send customer_id alone to score a customer of the shop"
              .formatted(
                  (missing.size() == 1 ? "column " : "columns ")
                      + String.join(", ", missing)
                      + (missing.size() == 1 ? " is" : " are"),
                  String.join(", ", required())));
    }
    FrameBuilder builder = new FrameBuilder(schema);
    for (int row = 0; row < sent.rows().size(); row++) {
      JsonNode[] values = sent.rows().get(row);
      for (int i = 0; i < places.length; i++) {
        Schema.Field field = schema.field(i);
        if (places[i] < 0) {
          builder.column(i).appendNull();
        } else {
          append(builder.column(i), field, values[places[i]], row, sent.asText());
        }
      }
    }
    return builder.build();
  }

  private List<String> required() {
    return schema.names().stream().filter(name -> !name.equals(AS_OF)).toList();
  }

  /** The identities in sent rows that have nothing else. */
  static Frame identities(SentRows sent, Type customerId) {
    Schema.Field field = new Schema.Field(CUSTOMER, customerId);
    FrameBuilder builder = new FrameBuilder(new Schema(List.of(field)));
    for (int row = 0; row < sent.rows().size(); row++) {
      put(builder.column(0), field, sent.rows().get(row)[0], row, sent.asText(), false);
    }
    return builder.build();
  }

  private void append(
      ColumnBuilder column, Schema.Field field, JsonNode value, int row, boolean asText) {
    boolean mayBeNull = field.name().equals(AS_OF) || inputs.get(field.name()) == Accepts.DOUBLE;
    if (field.name().equals(AS_OF) && value.isMissingNode()) {
      column.appendNull();
    } else {
      put(column, field, value, row, asText, mayBeNull);
    }
  }

  private static void put(
      ColumnBuilder column,
      Schema.Field field,
      JsonNode value,
      int row,
      boolean asText,
      boolean mayBeNull) {
    if (value.isNull() && mayBeNull) {
      column.appendNull();
    } else if (column instanceof LongColumn.Builder longs) {
      longs.append(
          field.type().equals(Type.TIMESTAMP)
              ? micros(field, value, row)
              : wholeNumber(field, value, row, asText));
    } else if (column instanceof DoubleColumn.Builder doubles) {
      doubles.append(number(field, value, row, asText));
    } else if (value.isTextual()) {
      ((BytesColumn.Builder) column).append(value.textValue());
    } else {
      throw wrong(field, value, row, "a text");
    }
  }

  private static long wholeNumber(Schema.Field field, JsonNode value, int row, boolean asText) {
    BigDecimal number = decimal(field, value, row, asText, "a whole number");
    try {
      return number.longValueExact();
    } catch (ArithmeticException e) {
      throw wrong(field, value, row, "a whole number of at most 64 bits");
    }
  }

  private static double number(Schema.Field field, JsonNode value, int row, boolean asText) {
    double number = decimal(field, value, row, asText, "a number").doubleValue();
    if (Double.isInfinite(number)) {
      throw wrong(field, value, row, "a number of double precision");
    }
    return number;
  }

  private static BigDecimal decimal(
      Schema.Field field, JsonNode value, int row, boolean asText, String wanted) {
    if (asText && value.isTextual()) {
      try {
        return new BigDecimal(value.textValue().strip());
      } catch (NumberFormatException e) {
        throw wrong(field, value, row, wanted);
      }
    }
    boolean isFinite = !value.isDouble() || Double.isFinite(value.doubleValue());
    if (!value.isNumber() || !isFinite) {
      throw wrong(field, value, row, wanted);
    }
    return value.decimalValue();
  }

  private static long micros(Schema.Field field, JsonNode value, int row) {
    if (value.isTextual()) {
      try {
        return Values.micros(OffsetDateTime.parse(value.textValue()).toInstant());
      } catch (DateTimeException | ArithmeticException e) {
        throw wrong(field, value, row, "an instant such as 2024-12-31T23:59:59Z");
      }
    }
    throw wrong(field, value, row, "an instant such as 2024-12-31T23:59:59Z");
  }

  private static final int SHOWN = 40;

  private static BadRequest wrong(Schema.Field field, JsonNode value, int row, String wanted) {
    String shown = value.isMissingNode() ? "missing" : value.toString();
    if (shown.length() > SHOWN) {
      shown = shown.substring(0, SHOWN) + "...";
    }
    return new BadRequest(
        "row %d, column '%s' is %s where %s is wanted"
            .formatted(row + 1, field.name(), shown, wanted));
  }
}
