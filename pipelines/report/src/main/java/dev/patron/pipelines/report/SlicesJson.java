package dev.patron.pipelines.report;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.slices.Slices;
import dev.patron.features.summary.ExactSum;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The slices as the page reads them: the names of segments and countries once, and each cube as
 * arrays of numbers, one a column. {@code s} and {@code c} are positions among the names, -1 for
 * none; {@code n} counts customers and {@code v} is a sum, rounded where nobody looks closer.
 * Months are counted from year 0.
 */
final class SlicesJson {
  private static final double CENTS = 100;
  private static final double CLOSE = 1000;
  private static final double LARGEST_EXACT = 1L << 53;

  private final JsonGenerator json;
  private final int cohorts;
  private final int months;

  /**
   * A writer.
   *
   * @param cohorts how many cohorts to keep, the newest ones
   * @param months how many months to keep, the newest ones
   */
  SlicesJson(JsonGenerator json, int cohorts, int months) {
    this.json = json;
    this.cohorts = cohorts;
    this.months = months;
  }

  /** Writes them as one object. */
  void write(ReportData.Sliced slices) throws IOException {
    Map<String, Integer> segments = names("segment", slices);
    Map<String, Integer> countries = names("country", slices);
    json.writeStartObject();
    list("segments", segments);
    list("countries", countries);
    steps("recencySteps", Slices.RECENCY_STEPS);
    steps("frequencySteps", Slices.FREQUENCY_STEPS);
    json.writeObjectFieldStart("customers");
    Frame customers = slices.customers();
    BytesColumn cubes = customers.bytes("cube");
    SortedSet<String> cubeNames = new TreeSet<>();
    for (int row = 0; row < customers.rows(); row++) {
      cubeNames.add(cubes.text(row));
    }
    for (String cube : cubeNames) {
      Frame cells = customers.filter(row -> cubes.text(row).equals(cube));
      json.writeObjectFieldStart(cube);
      positions(cells, segments, countries);
      longs("x", cells.longs("x"), cells.rows());
      longs("y", cells.longs("y"), cells.rows());
      longs("n", cells.longs("customers"), cells.rows());
      boolean probabilities = cube.equals(Slices.ALIVE) || cube.equals("p_alive");
      sums("v", cells, "sum", probabilities ? CLOSE : CENTS);
      json.writeEndObject();
    }
    json.writeEndObject();
    revenue(slices.purchases(), segments, countries);
    cohorts(slices.purchases(), segments, countries);
    json.writeEndObject();
  }

  private static Map<String, Integer> names(String column, ReportData.Sliced slices) {
    SortedSet<String> names =
        new TreeSet<>(
            Comparator.<String, Boolean>comparing(Slices.OTHER::equals)
                .thenComparing(Comparator.naturalOrder()));
    for (Frame frame : List.of(slices.customers(), slices.purchases())) {
      BytesColumn texts = frame.bytes(column);
      for (int row = 0; row < frame.rows(); row++) {
        if (!texts.isNull(row)) {
          names.add(texts.text(row));
        }
      }
    }
    Map<String, Integer> positions = new LinkedHashMap<>();
    names.forEach(name -> positions.put(name, positions.size()));
    return positions;
  }

  private void list(String field, Map<String, Integer> names) throws IOException {
    json.writeArrayFieldStart(field);
    for (String name : names.keySet()) {
      json.writeString(name);
    }
    json.writeEndArray();
  }

  private void steps(String field, List<Integer> steps) throws IOException {
    json.writeArrayFieldStart(field);
    for (int step : steps) {
      json.writeNumber(step);
    }
    json.writeEndArray();
  }

  private void positions(Frame frame, Map<String, Integer> segments, Map<String, Integer> countries)
      throws IOException {
    positions("s", frame.bytes("segment"), segments, frame.rows());
    positions("c", frame.bytes("country"), countries, frame.rows());
  }

  private void positions(String field, BytesColumn texts, Map<String, Integer> names, int rows)
      throws IOException {
    json.writeArrayFieldStart(field);
    for (int row = 0; row < rows; row++) {
      json.writeNumber(texts.isNull(row) ? -1 : names.getOrDefault(texts.text(row), -1));
    }
    json.writeEndArray();
  }

  private void longs(String field, LongColumn values, int rows) throws IOException {
    json.writeArrayFieldStart(field);
    for (int row = 0; row < rows; row++) {
      json.writeNumber(values.get(row));
    }
    json.writeEndArray();
  }

  private void sums(String field, Frame frame, String name, double parts) throws IOException {
    json.writeArrayFieldStart(field);
    for (int row = 0; row < frame.rows(); row++) {
      number(sum(frame, name, row).value(), parts);
    }
    json.writeEndArray();
  }

  private void number(double value, double parts) throws IOException {
    double rounded = Math.rint(value * parts) / parts;
    if (rounded == Math.rint(rounded) && Math.abs(rounded) < LARGEST_EXACT) {
      json.writeNumber((long) rounded);
    } else {
      json.writeNumber(rounded);
    }
  }

  private static ExactSum sum(Frame frame, String name, int row) {
    ExactSum sum = new ExactSum();
    sum.addBits(frame.longs(name + "_high").get(row), frame.longs(name + "_low").get(row));
    return sum;
  }

  private record Key(@Nullable String segment, @Nullable String country, long month) {
    private static final Comparator<@Nullable String> TEXT =
        Comparator.nullsFirst(Comparator.<String>naturalOrder());
    private static final Comparator<Key> ORDER =
        Comparator.comparing(Key::segment, TEXT)
            .thenComparing(Key::country, TEXT)
            .thenComparingLong(Key::month);
  }

  private static final class Month {
    private long customers;
    private long purchases;
    private final ExactSum revenue = new ExactSum();
    private final ExactSum returned = new ExactSum();
  }

  /** Purchases by calendar month, whatever the cohort. */
  private void revenue(
      Frame purchases, Map<String, Integer> segments, Map<String, Integer> countries)
      throws IOException {
    long newest = Long.MIN_VALUE;
    for (int row = 0; row < purchases.rows(); row++) {
      newest = Math.max(newest, purchases.longs("month").get(row));
    }
    Map<Key, Month> found = new TreeMap<>(Key.ORDER);
    for (int row = 0; row < purchases.rows(); row++) {
      long month = purchases.longs("month").get(row);
      if (month > newest - months) {
        Month total = found.computeIfAbsent(key(purchases, row, month), any -> new Month());
        total.customers +=
            purchases.column("cohort").isNull(row) ? 0 : purchases.longs("customers").get(row);
        total.purchases += purchases.longs("purchases").get(row);
        total.revenue.add(sum(purchases, "revenue", row));
        total.returned.add(sum(purchases, "returned", row));
      }
    }
    Schema schema =
        Schema.of()
            .with("segment", Type.STRING)
            .with("country", Type.STRING)
            .with("month", Type.LONG);
    FrameBuilder keys = new FrameBuilder(schema);
    for (Key key : found.keySet()) {
      append(keys.bytes("segment"), key.segment());
      append(keys.bytes("country"), key.country());
      keys.longs("month").append(key.month());
    }
    Frame frame = keys.build();
    json.writeObjectFieldStart("revenue");
    positions(frame, segments, countries);
    longs("x", frame.longs("month"), frame.rows());
    json.writeArrayFieldStart("n");
    for (Month total : found.values()) {
      json.writeNumber(total.customers);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("p");
    for (Month total : found.values()) {
      json.writeNumber(total.purchases);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("v");
    for (Month total : found.values()) {
      number(total.revenue.value(), CENTS);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("w");
    for (Month total : found.values()) {
      number(total.returned.value(), CENTS);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static Key key(Frame frame, int row, long month) {
    BytesColumn segment = frame.bytes("segment");
    BytesColumn country = frame.bytes("country");
    return new Key(
        segment.isNull(row) ? null : segment.text(row),
        country.isNull(row) ? null : country.text(row),
        month);
  }

  private static void append(BytesColumn.Builder column, @Nullable String text) {
    if (text == null) {
      column.appendNull();
    } else {
      column.append(text);
    }
  }

  /** Customers who came back, by cohort and months since. */
  private void cohorts(
      Frame purchases, Map<String, Integer> segments, Map<String, Integer> countries)
      throws IOException {
    SortedSet<Long> cohortMonths = new TreeSet<>();
    for (int row = 0; row < purchases.rows(); row++) {
      if (!purchases.column("cohort").isNull(row)) {
        cohortMonths.add(purchases.longs("cohort").get(row));
      }
    }
    List<Long> all = new ArrayList<>(cohortMonths);
    long first = all.isEmpty() ? 0 : all.get(Math.max(0, all.size() - cohorts));
    Frame kept =
        purchases.filter(
            row -> {
              if (purchases.column("cohort").isNull(row)) {
                return false;
              }
              long cohort = purchases.longs("cohort").get(row);
              long since = purchases.longs("month").get(row) - cohort;
              return cohort >= first
                  && since >= 0
                  && since <= cohorts
                  && purchases.longs("customers").get(row) > 0;
            });
    int[] starts = kept.groups(List.of("segment", "country", "cohort"));
    int[] firsts = Arrays.copyOf(starts, Math.max(0, starts.length - 1));
    Frame one = kept.take(firsts);
    json.writeObjectFieldStart("cohorts");
    positions(one, segments, countries);
    longs("x", one.longs("cohort"), one.rows());
    triangle("n", kept, starts, row -> kept.longs("customers").get(row));
    triangle("v", kept, starts, row -> Math.rint(sum(kept, "revenue", row).value()));
    json.writeEndObject();
  }

  /** An array a cohort with a number for each month since its first, 0 where nobody came. */
  private void triangle(String field, Frame kept, int[] starts, IntToDoubleFunction number)
      throws IOException {
    json.writeArrayFieldStart(field);
    for (int group = 0; group + 1 < starts.length; group++) {
      json.writeStartArray();
      long since = 0;
      for (int row = starts[group]; row < starts[group + 1]; row++) {
        long month = kept.longs("month").get(row) - kept.longs("cohort").get(row);
        for (; since < month; since++) {
          json.writeNumber(0);
        }
        number(number.applyAsDouble(row), 1);
        since++;
      }
      json.writeEndArray();
    }
    json.writeEndArray();
  }
}
