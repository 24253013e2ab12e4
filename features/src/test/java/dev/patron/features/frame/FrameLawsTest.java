package dev.patron.features.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The laws of frames, against an oracle that is a list of rows. */
class FrameLawsTest {
  private static final Schema ALL_TYPES =
      Schema.of()
          .with("id", Type.LONG)
          .with("name", Type.STRING)
          .with("ratio", Type.DOUBLE)
          .with("price", new Type.Decimal(10, 2))
          .with("big", new Type.Decimal(38, 9))
          .with("active", Type.BOOLEAN)
          .with("day", Type.DATE)
          .with("at", Type.TIMESTAMP)
          .with("tags", new Type.ListOf(Type.STRING))
          .with(
              "lines",
              new Type.ListOf(
                  new Type.RowOf(Schema.of().with("book", Type.LONG).with("title", Type.STRING))));

  private static final List<String> TEXTS =
      List.of("", "a", "Ünïcödé", "日本語", "😀", "a\u0000b", "line\nbreak", "\"quoted\", yes", "z");

  /** Rows of every type with nulls, empties, extremes and repeated keys. */
  private static List<List<@Nullable Object>> rows(long seed, int count) {
    Random random = new Random(seed);
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<@Nullable Object> row = new ArrayList<>();
      row.add(orNull(random, (long) random.nextInt(Math.max(1, count / 3))));
      row.add(orNull(random, TEXTS.get(random.nextInt(TEXTS.size()))));
      row.add(
          orNull(
              random,
              switch (random.nextInt(5)) {
                case 0 -> Double.MIN_VALUE;
                case 1 -> Double.POSITIVE_INFINITY;
                case 2 -> -0.0;
                default -> random.nextGaussian();
              }));
      row.add(orNull(random, BigDecimal.valueOf(random.nextInt(2_000_000) - 1_000_000, 2)));
      row.add(orNull(random, new BigDecimal(new BigInteger(120, random).negate(), 9)));
      row.add(orNull(random, random.nextBoolean()));
      row.add(orNull(random, LocalDate.ofEpochDay(random.nextInt(60_000) - 30_000)));
      row.add(orNull(random, Values.instant(random.nextLong() >> 8)));
      List<@Nullable Object> tags = new ArrayList<>();
      List<@Nullable Object> lines = new ArrayList<>();
      for (int j = random.nextInt(4); j > 0; j--) {
        tags.add(orNull(random, TEXTS.get(random.nextInt(TEXTS.size()))));
        List<@Nullable Object> line = new ArrayList<>();
        line.add(orNull(random, random.nextLong()));
        line.add(orNull(random, TEXTS.get(random.nextInt(TEXTS.size()))));
        lines.add(orNull(random, line));
      }
      row.add(orNull(random, tags));
      row.add(orNull(random, lines));
      rows.add(row);
    }
    return rows;
  }

  private static @Nullable Object orNull(Random random, Object value) {
    return random.nextInt(7) == 0 ? null : value;
  }

  private static byte[] encode(Frame frame) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    FrameCodec.write(frame, new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private static Frame decode(byte[] bytes) throws IOException {
    return FrameCodec.read(new DataInputStream(new ByteArrayInputStream(bytes)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 63, 64, 65, 1000})
  void aFrameHoldsTheRowsItWasBuiltFrom(int count) {
    List<List<@Nullable Object>> rows = rows(count, count);
    assertThat(Frame.ofRows(ALL_TYPES, rows).toRows()).isEqualTo(rows);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 63, 64, 65, 1000, 100_000})
  void decodingWhatWasEncodedGivesTheSameFrame(int count) throws IOException {
    Frame frame = Frame.ofRows(ALL_TYPES, rows(count, count));
    Frame decoded = decode(encode(frame));
    assertThat(decoded).isEqualTo(frame);
    assertThat(decoded.schema()).isEqualTo(frame.schema());
    assertThat(encode(decoded)).isEqualTo(encode(frame));
  }

  @Test
  void columnsOfNullsAloneTravelAsNothing() throws IOException {
    Frame nulls = Frame.empty(Schema.of()).conform(ALL_TYPES);
    assertThat(decode(encode(nulls))).isEqualTo(nulls);
    Frame many =
        Frame.ofRows(
            ALL_TYPES,
            Collections.nCopies(1_000, Collections.nCopies(ALL_TYPES.size(), (Object) null)));
    assertThat(decode(encode(many))).isEqualTo(many);
    assertThat(encode(many)).hasSizeLessThan(1_000);
  }

  @Test
  void equalFramesEncodeToEqualBytesHoweverTheyWereBuilt() throws IOException {
    Frame frame = Frame.ofRows(ALL_TYPES, rows(5, 300));
    Frame rebuilt =
        Frame.concat(
            ALL_TYPES, List.of(frame.slice(0, 77), frame.slice(77, 77), frame.slice(77, 300)));
    assertThat(encode(rebuilt)).isEqualTo(encode(frame));
  }

  @Test
  void aFrameWithoutColumnsTravelsToo() throws IOException {
    assertThat(decode(encode(Frame.empty(Schema.of()))).rows()).isZero();
  }

  @Test
  void bytesThatEndEarlyAreAnError() throws IOException {
    byte[] bytes = encode(Frame.ofRows(ALL_TYPES, rows(9, 50)));
    byte[] cut = java.util.Arrays.copyOf(bytes, bytes.length - 1);
    assertThatThrownBy(() -> decode(cut)).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 64})
  void splittingLosesNothingAndKeepsKeysTogether(int buckets) {
    List<List<@Nullable Object>> rows = rows(11, 2_000);
    Frame frame = Frame.ofRows(ALL_TYPES, rows);
    @Nullable Frame[] split = frame.split(List.of("id", "name"), buckets);
    Map<List<@Nullable Object>, Integer> bucketOfKey = new LinkedHashMap<>();
    List<List<@Nullable Object>> found = new ArrayList<>();
    for (int bucket = 0; bucket < buckets; bucket++) {
      Frame part = split[bucket];
      if (part != null) {
        for (List<@Nullable Object> row : part.toRows()) {
          Integer other = bucketOfKey.put(row.subList(0, 2), bucket);
          assertThat(other == null || other == bucket).isTrue();
          found.add(row);
        }
      }
    }
    assertThat(found).containsExactlyInAnyOrderElementsOf(rows);
  }

  @Test
  void splittingKeepsTheOrderWithinABucketAndDoesNotDependOnTheCutIntoFrames() {
    Frame frame = Frame.ofRows(ALL_TYPES, rows(12, 500));
    @Nullable Frame[] whole = frame.split(List.of("id"), 7);
    @Nullable Frame[] first = frame.slice(0, 123).split(List.of("id"), 7);
    @Nullable Frame[] second = frame.slice(123, 500).split(List.of("id"), 7);
    for (int bucket = 0; bucket < 7; bucket++) {
      List<Frame> pieces = new ArrayList<>();
      if (first[bucket] != null) {
        pieces.add(first[bucket]);
      }
      if (second[bucket] != null) {
        pieces.add(second[bucket]);
      }
      assertThat(Frame.concat(ALL_TYPES, pieces)).isEqualTo(whole[bucket]);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void theOrderIsThatOfComparisonsByAnyColumns(long seed) {
    Random random = new Random(seed);
    List<List<@Nullable Object>> rows = new ArrayList<>(rows(seed, 40));
    // Copies, so that values are equal in some columns and not in others.
    for (int i = 0; i < 400; i++) {
      List<@Nullable Object> row = new ArrayList<>(rows.get(random.nextInt(40)));
      int changed = random.nextInt(row.size());
      row.set(changed, rows.get(random.nextInt(40)).get(changed));
      rows.add(row);
    }
    Frame frame = Frame.ofRows(ALL_TYPES, rows);
    List<String> names = new ArrayList<>(ALL_TYPES.names());
    for (int i = 0; i < 60; i++) {
      Collections.shuffle(names, random);
      List<String> by = names.subList(0, random.nextInt(4));

      assertThat(frame.order(by)).as("by %s", by).isEqualTo(frame.order(frame.comparator(by)));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 10, 47, 48, 49, 300})
  void theOrderOfWholeNumbersIsThatOfComparisonsHoweverManyAreEqual(int equal) {
    Random random = new Random(equal);
    int rows = 20 * equal;
    FrameBuilder numbers =
        new FrameBuilder(
            Schema.of().with("a", Type.LONG).with("b", Type.LONG).with("c", Type.LONG));
    for (int i = 0; i < rows; i++) {
      numbers.longs("a").append(i % 20);
      numbers.longs("b").append(random.nextInt(1 + equal / 2) - equal / 4);
      numbers.longs("c").append(random.nextInt(3));
    }
    Frame frame = numbers.build();
    for (List<String> by : List.of(List.of("a", "b"), List.of("a", "b", "c"), List.of("c", "b"))) {
      assertThat(frame.order(by)).as("by %s", by).isEqualTo(frame.order(frame.comparator(by)));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23})
  void sortingIsStableAndPutsNullsFirst(long seed) {
    List<List<@Nullable Object>> rows = rows(seed, 1_000);
    List<List<@Nullable Object>> expected = new ArrayList<>(rows);
    Comparator<@Nullable Object> nullsFirst =
        Comparator.nullsFirst(Comparator.comparing(value -> (Long) value));
    expected.sort(Comparator.comparing(row -> row.get(0), nullsFirst));
    assertThat(Frame.ofRows(ALL_TYPES, rows).sort(List.of("id")).toRows()).isEqualTo(expected);
  }

  @Test
  void everyTypeSortsInTheOrderOfItsValues() {
    List<BigDecimal> decimals =
        List.of(
            new BigDecimal("-99999999999999999999.000000001"),
            new BigDecimal("-1.000000000"),
            new BigDecimal("0.000000000"),
            new BigDecimal("1.000000000"),
            new BigDecimal("99999999999999999999.000000001"));
    List<List<BigDecimal>> shuffled = new ArrayList<>();
    decimals.forEach(value -> shuffled.add(List.of(value)));
    Collections.shuffle(shuffled, new Random(1));
    Schema schema = Schema.of().with("v", new Type.Decimal(38, 9));
    assertThat(Frame.ofRows(schema, shuffled).sort(List.of("v")).toRows())
        .isEqualTo(decimals.stream().map(List::of).toList());
  }

  @Test
  void groupsAreTheRunsOfEqualKeys() {
    Frame sorted = Frame.ofRows(ALL_TYPES, rows(31, 500)).sort(List.of("id", "active"));
    int[] starts = sorted.groups(List.of("id", "active"));
    int position = 0;
    for (int group = 0; group + 1 < starts.length; group++) {
      assertThat(starts[group]).isEqualTo(position);
      List<@Nullable Object> key = key(sorted, position);
      while (position < sorted.rows() && key(sorted, position).equals(key)) {
        position++;
      }
    }
    assertThat(starts[starts.length - 1]).isEqualTo(position).isEqualTo(500);
  }

  private static List<@Nullable Object> key(Frame frame, int row) {
    List<@Nullable Object> key = new ArrayList<>();
    key.add(frame.value(row, "id"));
    key.add(frame.value(row, "active"));
    return key;
  }

  @Test
  void takingRowsRepeatsThemAndMinusOneGivesNulls() {
    List<List<@Nullable Object>> rows = rows(41, 10);
    Frame taken = Frame.ofRows(ALL_TYPES, rows).take(new int[] {3, 3, -1, 0});
    assertThat(taken.toRows().get(0)).isEqualTo(rows.get(3));
    assertThat(taken.toRows().get(1)).isEqualTo(rows.get(3));
    assertThat(taken.toRows().get(2)).containsOnlyNulls();
    assertThat(taken.toRows().get(3)).isEqualTo(rows.get(0));
  }

  @Test
  void cuttingKeepsTheRowsInFramesOfBoundedSize() {
    Schema schema = Schema.of().with("id", Type.LONG);
    long[] ids = new long[100_000];
    Arrays.setAll(ids, i -> i);
    Frame frame = Frame.of(schema, LongColumn.of(ids));
    assertThat(frame.cut()).hasSize(7).allMatch(piece -> piece.rows() <= Frame.TARGET_ROWS);
    assertThat(Frame.concat(schema, frame.cut())).isEqualTo(frame);
    assertThat(frame.slice(0, 10).cut()).containsExactly(frame.slice(0, 10));
    assertThat(Frame.empty(schema).cut()).isEmpty();
    // A piece is made when it is asked for: the list holds none.
    List<Frame> pieces = frame.cut();
    assertThat(pieces.get(1)).isEqualTo(pieces.get(1)).isNotSameAs(pieces.get(1));

    Schema texts = Schema.of().with("text", Type.STRING);
    Frame wide = Frame.ofRows(texts, Collections.nCopies(5, List.of("x".repeat(8 << 20))));
    assertThat(wide.cut()).hasSize(3).allMatch(p -> p.heapBytes() <= Frame.TARGET_BYTES + 1024);
  }

  @Test
  void conformingAddsNullsAndDropsWhatIsMore() {
    Frame frame = Frame.ofRows(ALL_TYPES, rows(42, 5));
    Schema wanted = Schema.of().with("new", Type.DATE).with("id", Type.LONG);
    Frame conformed = frame.conform(wanted);
    for (int row = 0; row < 5; row++) {
      assertThat(conformed.value(row, 0)).isNull();
      assertThat(conformed.value(row, 1)).isEqualTo(frame.value(row, "id"));
    }
    assertThatThrownBy(() -> frame.conform(Schema.of().with("id", Type.STRING)))
        .hasMessage("column 'id' is long where string is wanted");
  }

  @Test
  void aDigestDependsOnTheRowsAloneNotOnTheirOrderOrTheCutIntoFrames() {
    Frame frame = Frame.ofRows(ALL_TYPES, rows(51, 400));
    FrameDigest whole = new FrameDigest();
    whole.add(frame, ALL_TYPES.names());
    int[] reversed = IntStream.range(0, 400).map(i -> 399 - i).toArray();
    Frame backwards = frame.take(reversed);
    FrameDigest parts = new FrameDigest();
    parts.add(backwards.slice(0, 13), ALL_TYPES.names());
    FrameDigest rest = new FrameDigest();
    rest.add(backwards.slice(13, 400), ALL_TYPES.names());
    parts.add(rest);
    assertThat(parts.hex()).isEqualTo(whole.hex());
    assertThat(parts.rows()).isEqualTo(400);

    FrameDigest repeated = new FrameDigest();
    repeated.add(frame, ALL_TYPES.names());
    repeated.add(frame.slice(0, 1), ALL_TYPES.names());
    assertThat(repeated.hex()).isNotEqualTo(whole.hex());
  }

  @Test
  void canonicalBytesOfDifferentRowsDiffer() {
    Schema schema = Schema.of().with("a", Type.STRING).with("b", Type.STRING);
    Frame frame =
        Frame.ofRows(schema, List.of(List.of("ab", "c"), List.of("a", "bc"), List.of("abc", "")));
    long[] hashes = frame.hash(schema.names());
    assertThat(hashes).doesNotHaveDuplicates();
  }

  @Test
  void numbersHashAsTheirCanonicalBytes() {
    Schema schema = Schema.of().with("id", Type.LONG).with("other", Type.LONG);
    FrameBuilder rows = new FrameBuilder(schema);
    Random random = new Random(17);
    for (int row = 0; row < 2_000; row++) {
      rows.longs("other").append(row);
      if (row % 50 == 0) {
        rows.column("id").appendNull();
      } else {
        rows.longs("id").append(random.nextLong() >> random.nextInt(64));
      }
    }
    Frame frame = rows.build();
    long[] expected = new long[frame.rows()];
    CanonicalBytes bytes = new CanonicalBytes();
    for (int row = 0; row < expected.length; row++) {
      frame.canonical(row, new int[] {0}, bytes.clear());
      expected[row] = bytes.hash64();
    }
    assertThat(frame.hash(List.of("id"))).isEqualTo(expected);
  }

  @Test
  void rowsUnlikeThoseOfAnotherFrameAreToldByTheColumnsNamed() {
    Schema schema =
        Schema.of().with("id", Type.LONG).with("name", Type.STRING).with("other", Type.LONG);
    Frame before =
        Frame.ofRows(
            schema,
            List.of(
                Arrays.asList(1L, "a", 0L),
                Arrays.asList(2L, null, 0L),
                Arrays.asList(3L, "c", 0L),
                Arrays.asList(4L, null, 0L)));
    Frame now =
        Frame.ofRows(
            schema,
            List.of(
                Arrays.asList(1L, "a", 9L),
                Arrays.asList(2L, "b", 0L),
                Arrays.asList(3L, "C", 0L),
                Arrays.asList(4L, null, 0L)));

    assertThat(now.unlike(before, List.of("id", "name"))).isEqualTo(now.take(new int[] {1, 2}));
    assertThat(now.unlike(now, schema.names()).rows()).isZero();
  }

  @Test
  void typesAreReadAsTheyAreWritten() {
    for (Schema.Field field : ALL_TYPES.fields()) {
      assertThat(Type.parse(field.type().toString())).isEqualTo(field.type());
    }
    assertThatThrownBy(() -> Type.parse("decimal(10;2)")).hasMessageContaining("'10;2'");
    assertThatThrownBy(() -> Type.parse("array<long"))
        .hasMessage("type 'array<long': expected '>' at position 11");
    assertThatThrownBy(() -> Type.parse("varchar")).hasMessageContaining("unknown type 'varchar'");
    assertThatThrownBy(() -> Type.parse("decimal(39,2)")).hasMessageContaining("1 to 38");
  }

  @Test
  void instantsBeforeTheEpochKeepTheirMicroseconds() {
    Instant instant = Instant.parse("1969-12-31T23:59:59.999999Z");
    assertThat(Values.micros(instant)).isEqualTo(-1);
    assertThat(Values.instant(-1)).isEqualTo(instant);
  }
}
