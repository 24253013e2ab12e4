package dev.patron.pipelines.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.slices.Slices;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * The customers that can be looked up: a document of columns, packed with gzip, in Base64. The page
 * unpacks it when somebody looks a customer up, so that nobody else waits for it.
 */
final class CustomersJson {
  /** An address or two words: what a person is called, not an identity. */
  private static final Pattern PERSONAL = Pattern.compile(".*@.*|.*\\p{L}\\s+\\p{L}.*");

  private static final int DIGITS = 100;
  private static final int CLOSE = 1000;

  private CustomersJson() {}

  /** Whether identities of customers are names or addresses, which are never shown. */
  static boolean personal(Frame customers) {
    for (int row = 0; row < customers.rows(); row++) {
      if (PERSONAL.matcher(String.valueOf(customers.value(row, "customer_id"))).matches()) {
        return true;
      }
    }
    return false;
  }

  /**
   * The document of these customers, packed.
   *
   * @param most how many, at most; the most valuable ones are taken
   * @param reasons whether the sentences that explain the scores come along
   */
  static String pack(Frame customers, int most, boolean reasons) {
    Frame taken = mostValuable(customers, most).sort(List.of("customer_id"));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(new BestGzip(bytes))) {
      json.writeStartObject();
      for (String name : columns(taken.schema(), reasons)) {
        column(json, taken, name);
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a byte array refused bytes", e);
    }
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  private static List<String> columns(Schema schema, boolean reasons) {
    List<String> names = new ArrayList<>(ReportData.Customers.COLUMNS);
    Slices.REASONS.stream().filter(name -> reasons && schema.has(name)).forEach(names::add);
    return names;
  }

  private static Frame mostValuable(Frame customers, int most) {
    if (customers.rows() <= most) {
      return customers;
    }
    int[] byValue = customers.order(List.of("cltv", "customer_id"));
    int[] last = new int[most];
    System.arraycopy(byValue, byValue.length - most, last, 0, most);
    return customers.take(last);
  }

  /** Text as positions in a list of the different ones; numbers rounded. */
  private static void column(JsonGenerator json, Frame frame, String name) throws IOException {
    Column column = frame.column(name);
    boolean identity = name.equals("customer_id");
    Map<String, Integer> words = new LinkedHashMap<>();
    json.writeArrayFieldStart(name);
    for (int row = 0; row < frame.rows(); row++) {
      Object value = column.isNull(row) ? null : frame.value(row, name);
      if (value == null) {
        json.writeNull();
      } else if (identity) {
        json.writeString(value.toString());
      } else if (value instanceof Long number) {
        json.writeNumber(number);
      } else if (value instanceof Double number) {
        number(json, number, name.equals("p_alive") ? CLOSE : DIGITS);
      } else if (value instanceof BigDecimal number) {
        number(json, number.doubleValue(), DIGITS);
      } else {
        json.writeNumber(words.computeIfAbsent(value.toString(), any -> words.size()));
      }
    }
    json.writeEndArray();
    if (!words.isEmpty()) {
      json.writeArrayFieldStart(name + "_words");
      for (String word : words.keySet()) {
        json.writeString(word);
      }
      json.writeEndArray();
    }
  }

  private static void number(JsonGenerator json, double value, int parts) throws IOException {
    double rounded = Math.rint(value * parts) / parts;
    if (rounded == Math.rint(rounded) && Math.abs(rounded) < (1L << 53)) {
      json.writeNumber((long) rounded);
    } else {
      json.writeNumber(rounded);
    }
  }

  private static final class BestGzip extends GZIPOutputStream {
    BestGzip(ByteArrayOutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.BEST_COMPRESSION);
    }
  }
}
