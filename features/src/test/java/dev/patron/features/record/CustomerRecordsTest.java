package dev.patron.features.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.TableDefinition.Format.Kind;
import dev.patron.features.tables.TableDefinition.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Customer 17 of a shop is looked for, and nobody else. */
class CustomerRecordsTest {
  private static final CustomerDigests NUMBER_17 = digests(Type.LONG, "17");
  private static final Set<String> ELSEWHERE = Set.of("client");
  private static final Source FEED = Source.feed("customer_id");
  private static final Source ORDERS = Source.facts(Kind.JSONL).withKey("order_id");

  private static CustomerDigests digests(Type type, String... identities) {
    return CustomerDigests.of(
        Stream.of(identities)
            .map(identity -> Objects.requireNonNull(CustomerDigests.digest(type, identity)))
            .collect(Collectors.toSet()));
  }

  /** The line numbers of the records that are found. */
  private static List<Long> found(Source source, CustomerDigests customers, String... lines) {
    Frame bronze = source.bronze(lines);
    CustomerRecords records =
        new CustomerRecords(source.table(), "customer_id", "buyer", ELSEWHERE, customers);
    Set<Long> offsets = new TreeSet<>();
    for (int row = 0; row < bronze.rows(); row++) {
      offsets.add(bronze.longs("_offset").get(row));
    }
    Frame others = records.without(bronze);
    for (int row = 0; row < others.rows(); row++) {
      offsets.remove(others.longs("_offset").get(row));
    }
    assertThat(records.count(bronze).values().stream().mapToLong(n -> n).sum())
        .isEqualTo(offsets.size());
    return List.copyOf(offsets);
  }

  private static boolean isFound(Source source, String line) {
    return !found(source, NUMBER_17, line).isEmpty();
  }

  private static String wrapped(String key, String value) {
    return "{\"topic\":\"shop.books\",\"partition\":0,\"offset\":9,\"key\":%s,\"value\":%s}"
        .formatted(key, value);
  }

  private static String event(String before, String after) {
    return "{\"before\":%s,\"after\":%s,\"source\":{\"table\":\"books\"},\"op\":\"u\"}"
        .formatted(before, after);
  }

  private static String quoted(String text) {
    return '"' + text.replace("\"", "\\\"") + '"';
  }

  @Nested
  class ChangeEvents {
    private static final String ROW_17 = "{\"customer_id\":17,\"name\":\"Ada\"}";
    private static final String ROW_5 = "{\"customer_id\":5,\"name\":\"17\"}";

    @Test
    void areFoundByEitherImage() {
      assertThat(
              found(
                  FEED,
                  NUMBER_17,
                  event("null", ROW_17),
                  event(ROW_17, "null"),
                  event(ROW_17, ROW_5),
                  event("null", ROW_5)))
          .containsExactly(1L, 2L, 3L);
    }

    @Test
    void areFoundWithEmbeddedSchemas() {
      String row =
          "{\"type\":\"struct\",\"fields\":[{\"type\":\"int64\",\"field\":\"customer_id\"}]";
      String value =
          ("{\"schema\":{\"type\":\"struct\",\"fields\":[%s,\"field\":\"before\"},%s,\"field\":\"after\"},"
                  + "{\"type\":\"struct\",\"fields\":[],\"field\":\"source\"},"
                  + "{\"type\":\"string\",\"field\":\"op\"}]},\"payload\":%%s}")
              .formatted(row, row);
      assertThat(isFound(FEED, value.formatted(event("null", ROW_17)))).isTrue();
      assertThat(isFound(FEED, value.formatted(event("null", ROW_5)))).isFalse();
      String line = value.formatted(event(ROW_17, "{\"visit_id\":1,\"customer_id\":5}"));
      Source visits = Source.feed("visit_id");
      assertThat(
              new CustomerRecords(visits.table(), "customer_id", "buyer", Set.of(), NUMBER_17)
                  .without(visits.bronze(line))
                  .bytes("_value")
                  .text(0))
          .isEqualTo(line.replace(ROW_17, "null"));
    }

    @Test
    void areFoundUnwrapped() {
      assertThat(isFound(FEED, "{\"customer_id\":17,\"__op\":\"c\"}")).isTrue();
      assertThat(isFound(FEED, "{\"customer_id\":5,\"__lsn\":17}")).isFalse();
    }

    @Test
    void areFoundByTheirKeysTombstonesToo() {
      assertThat(isFound(FEED, wrapped("{\"customer_id\":17}", "null"))).isTrue();
      assertThat(
              isFound(FEED, wrapped("{\"schema\":null,\"payload\":{\"customer_id\":17}}", "null")))
          .isTrue();
      assertThat(isFound(FEED, wrapped("{\"schema\":null,\"payload\":17}", "null"))).isTrue();
      assertThat(isFound(FEED, wrapped("17", "null"))).isTrue();
      assertThat(isFound(FEED, wrapped("{\"customer_id\":5}", "null"))).isFalse();
    }

    @Test
    void aKeyThatIsOfSomethingElseIsNoCustomer() {
      Source visits = Source.feed("visit_id");
      assertThat(isFound(visits, wrapped("17", event("null", ROW_5)))).isFalse();
      assertThat(isFound(visits, wrapped("17", event("null", ROW_17)))).isTrue();
    }

    @Test
    void areFoundWhereTheyAreWrittenAsOneText() {
      assertThat(isFound(FEED, quoted(event("null", ROW_17)))).isTrue();
      assertThat(isFound(FEED, quoted(event("null", ROW_5)))).isFalse();
    }

    @Test
    void rowsWithinRowsAreNobodys() {
      assertThat(
              isFound(FEED, event("null", "{\"customer_id\":5,\"friend\":{\"customer_id\":17}}")))
          .isFalse();
    }

    @Test
    void whatBrokeOffIsFoundByWhatIsLeft() {
      assertThat(isFound(FEED, "{\"before\":null,\"after\":{\"customer_id\":17,\"na")).isTrue();
      assertThat(isFound(FEED, "{\"before\":null,\"after\":{\"customer_id\":\"17\",")).isTrue();
      assertThat(isFound(FEED, "{\"before\":null,\"after\":{\"customer_id\":5,\"n\":17,"))
          .isFalse();
    }
  }

  @Nested
  class ChangeEventsOfSharedSources {
    @Test
    void areOfAnyTableWhereTheyAreBrokenOrOfNone() {
      assertThat(isFound(FEED, "{\"before\":null,\"after\":{\"order\":1,\"client\":17,\"na"))
          .isTrue();
      String order =
          "{\"before\":null,\"after\":{\"client\":17},\"source\":{\"table\":\"%s\"},\"op\":\"c\"}";
      assertThat(isFound(FEED, order.formatted("orders")))
          .as("a column of a table's own")
          .isFalse();
      assertThat(isFound(FEED, order.formatted("orders").replace("client", "buyer"))).isTrue();
      assertThat(isFound(FEED, "{\"client\":17,\"__op\":\"c\"}")).as("of no table").isTrue();
      assertThat(isFound(FEED, wrapped("{\"client\":17}", "null"))).as("its own topic").isFalse();
      String everything = wrapped("{\"client\":17}", "null").replace("shop.books", "everything");
      assertThat(isFound(FEED, everything)).isTrue();
      assertThat(isFound(FEED, "{\"payload\":{\"after\":{\"customer_id\":17}}}")).isTrue();
      assertThat(isFound(FEED, order.formatted("books"))).as("a column of its own").isFalse();
    }

    @Test
    void textWithinTextThatBrokeOff() {
      assertThat(
              isFound(
                  FEED,
                  "{\"topic\":\"shop.books\",\"value\":\"{\\\"after\\\":{\\\"customer_id\\\":17,\\\"n"))
          .isTrue();
      assertThat(isFound(FEED, wrapped(quoted("{\"customer_id\":17}"), "null"))).isTrue();
    }

    @Test
    void numbersThatAreWrittenAsBytes() {
      assertThat(isFound(FEED, event("null", "{\"customer_id\":{\"scale\":0,\"value\":\"EQ==\"}}")))
          .isTrue();
      String decimal =
          "{\"schema\":{\"type\":\"struct\",\"fields\":[{\"type\":\"bytes\",\"field\":\"customer_id\","
              + "\"name\":\"org.apache.kafka.connect.data.Decimal\",\"parameters\":{\"scale\":\"0\"}}]},"
              + "\"payload\":{\"customer_id\":\"EQ==\",\"__op\":\"c\",\"__lsn\":1}}";
      assertThat(isFound(FEED, decimal)).isTrue();
      assertThat(isFound(FEED, decimal.replace("EQ==", "Eg=="))).isFalse();
    }
  }

  @Nested
  class ChangesFromThemToOthers {
    private static final Source VISITS = Source.feed("visit_id");

    private static Frame without(String line) {
      return new CustomerRecords(VISITS.table(), "customer_id", "buyer", Set.of(), NUMBER_17)
          .without(VISITS.bronze(line));
    }

    @Test
    void stayWithoutTheirImageBefore() {
      String change =
          event("{\"visit_id\":1,\"customer_id\":17}", "{\"visit_id\":1,\"customer_id\":5}");
      String expected = event("null", "{\"visit_id\":1,\"customer_id\":5}");
      assertThat(without(change).bytes("_value").text(0)).isEqualTo(expected);
      assertThat(without(quoted(change)).bytes("_value").text(0)).isEqualTo(expected);
      assertThat(without(expected)).as("nothing to do").isEqualTo(VISITS.bronze(expected));
    }

    @Test
    void toNobodyGo() {
      String before = "{\"visit_id\":1,\"customer_id\":17}";
      assertThat(without(event(before, "{\"visit_id\":1,\"customer_id\":null}")).rows()).isZero();
      assertThat(without(event(before, "{\"visit_id\":1}")).rows()).isZero();
    }

    @Test
    void goTheOtherWayRound() {
      assertThat(
              without(
                      event(
                          "{\"visit_id\":1,\"customer_id\":5}",
                          "{\"visit_id\":1,\"customer_id\":17}"))
                  .rows())
          .isZero();
    }
  }

  @Nested
  class FlatRecordsOf {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "{\"order_id\":1,\"customer_id\":17}",
          "{\"order_id\":1,\"customer_id\":17.0}",
          "{\"order_id\":1,\"customer_id\":\"17\"}",
          "{\"order_id\":1,\"customer-id\":17}",
          "{\"order_id\":1,\"customer_id\":17",
          "\"{\\\"order_id\\\":1,\\\"customer_id\\\":17}\"",
        })
    void oneCustomerAreFound(String line) {
      assertThat(isFound(ORDERS, line)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "{\"order_id\":17,\"customer_id\":5}",
          "{\"order_id\":17,\"customer_id\":null}",
          "{\"order_id\":17}",
          "{\"order_id\":1,\"customer_id\":[17]}",
          "{\"order_id\":1,\"customer_id\":170}",
          "{\"order_id\":1,\"customer_id\":17.5}",
          "{\"order_id\":1,\"customer_id\":\"17a\"}",
          "{\"order_id\":1,\"customer_id\":1e999999999}",
          "{\"order_id\":1,\"gift\":{\"customer_id\":17}}",
          "{\"order_id\":17,",
        })
    void othersStay(String line) {
      assertThat(isFound(ORDERS, line)).isFalse();
    }

    @Test
    void csvAreFoundByTheColumnOfTheirHeader() {
      assertThat(
              found(
                  Source.facts(Kind.CSV),
                  NUMBER_17,
                  "id,Name,customer_id",
                  "17,\"a, b\",5",
                  "1,\"say \"\"17\"\"\",17",
                  "2,c,\"17\""))
          .containsExactly(3L, 4L);
    }

    @Test
    void aCsvLineThatDoesNotFitItsHeaderIsTheirsByWhatMayBeTheColumn() {
      assertThat(
              found(
                  Source.facts(Kind.CSV),
                  NUMBER_17,
                  "id,customer_id,price",
                  "1,17",
                  "1,5,17,x",
                  "1,5,9,17.00",
                  "1,\"a,17,9",
                  "17,5",
                  "1,2,170,x"))
          .as("an extra field may stand before the customer, but not two")
          .containsExactly(2L, 3L, 5L, 6L);
      assertThat(found(Source.facts(Kind.CSV), NUMBER_17, "id,price", "17,17,17"))
          .as("a table without customers")
          .isEmpty();
    }

    @Test
    void textThatLooksLikeANumberIsTakenAsItIs() {
      CustomerDigests text = digests(Type.STRING, "007");
      assertThat(
              found(
                  ORDERS,
                  text,
                  "{\"customer_id\":\"007\"}",
                  "{\"customer_id\":\"7\"}",
                  "{\"customer_id\":7}"))
          .containsExactly(1L);
    }

    @ParameterizedTest
    @EnumSource(
        value = Kind.class,
        names = {"JSONL", "CSV"})
    void areThoseThatDecodingGivesThisCustomer(Kind kind) {
      Random random = new Random(7);
      Source source = Source.facts(kind).with("customer_id", Role.IDENTITY);
      for (int round = 0; round < 200; round++) {
        List<String> lines = new ArrayList<>();
        if (kind == Kind.CSV) {
          lines.add("order_id,customer_id,amount");
        }
        for (int i = 0; i < 1 + random.nextInt(20); i++) {
          int order = random.nextInt(4);
          String customer = random.nextInt(5) == 0 ? null : "" + random.nextInt(4);
          lines.add(
              kind == Kind.CSV
                  ? "%d,%s,%d".formatted(order, customer == null ? "" : customer, random.nextInt(4))
                  : "{\"order_id\":%d,\"customer_id\":%s,\"amount\":%d}"
                      .formatted(order, customer, random.nextInt(4)));
        }
        Frame bronze = source.bronze(lines.toArray(String[]::new));
        CustomerRecords records =
            new CustomerRecords(
                source.table(), "customer_id", "buyer", Set.of(), digests(Type.LONG, "1", "2"));
        List<List<Object>> left = rows(source, records.without(bronze));
        List<List<Object>> all = rows(source, bronze);
        assertThat(left)
            .as("round %d: %s", round, lines)
            .isEqualTo(
                all.stream()
                    .filter(
                        row -> !Set.of(1L, 2L).contains(Objects.requireNonNullElse(row.get(1), 0L)))
                    .toList());
      }
    }

    private static List<List<Object>> rows(Source source, Frame bronze) {
      Schema schema =
          Schema.of()
              .with("order_id", Type.LONG)
              .with("customer_id", Type.LONG)
              .with("amount", Type.LONG);
      return new RecordDecoder(source.table(), schema).decode(bronze).rows().toRows();
    }
  }

  @Nested
  class Columns {
    private static final Schema SCHEMA =
        Schema.of().with("order_id", Type.LONG).with("customer_id", Type.DOUBLE);

    @Test
    void ofParquetFilesAreFoundByTheirValues() {
      Frame own =
          Frame.ofRows(
              SCHEMA.with("_value", Type.STRING).with("_header", Type.STRING),
              List.of(
                  Arrays.asList(17L, 5.0, null, null),
                  Arrays.asList(1L, 17.0, null, null),
                  Arrays.asList(17L, null, null, null)));
      Source parquet = Source.facts(Kind.PARQUET);
      CustomerRecords records =
          new CustomerRecords(parquet.table(), "customer_id", "buyer", Set.of(), NUMBER_17);
      assertThat(records.count(own).values()).containsExactly(1L);
      assertThat(records.without(own).rows()).isEqualTo(2);
      assertThat(records.without(own.select(List.of("order_id", "_value", "_header"))).rows())
          .isEqualTo(3);
    }

    @Test
    void ofParquetFilesAreFoundInTheTextOfWhatFitsNoColumn() {
      String types = "row<order_id: string, customer_id: long>";
      Frame own =
          Frame.ofRows(
              SCHEMA
                  .with("_value", Type.STRING)
                  .with("_header", Type.STRING)
                  .with("_key", Type.STRING),
              List.of(
                  Arrays.asList(null, null, "{\"order_id\":\"17\",\"customer_id\":5}", types, null),
                  Arrays.asList(
                      null, null, "{\"order_id\":\"x\",\"customer_id\":17}", types, null)));
      CustomerRecords records =
          new CustomerRecords(
              Source.facts(Kind.PARQUET).table(), "customer_id", "buyer", Set.of(), NUMBER_17);
      assertThat(records.count(own).values()).containsExactly(1L);
      assertThat(records.without(own).rows()).isEqualTo(1);
    }

    @Test
    void ofTablesAreFoundByTheirValues() {
      Frame rows =
          Frame.ofRows(
              Schema.of().with("customer_id", Type.LONG),
              List.of(List.<@Nullable Object>of(17L), List.of(5L)));
      assertThat(NUMBER_17.count(rows, "customer_id").values()).containsExactly(1L);
    }
  }

  @Nested
  class Digests {
    @Test
    void nameNobody() {
      assertThat(CustomerDigests.digest(Type.LONG, "17")).matches("long:[0-9a-f]{64}");
      assertThat(CustomerDigests.digest(Type.STRING, "Ada")).matches("string:[0-9a-f]{64}");
    }

    @Test
    void ofOneNumberAreOneHoweverItIsWritten() {
      assertThat(
              Stream.of("17", "17.0", "+17", " 17", "017", "1.7e1", "17.")
                  .map(text -> CustomerDigests.digest(Type.LONG, text))
                  .distinct())
          .hasSize(1);
      assertThat(CustomerDigests.digest(Type.LONG, "17.5")).isNull();
      assertThat(CustomerDigests.digest(Type.LONG, "Ada")).isNull();
      assertThat(CustomerDigests.digest(Type.LONG, "9223372036854775808")).isNull();
    }

    @Test
    void areNotTakenFromAnythingElse() {
      assertThatThrownBy(() -> CustomerDigests.of(Set.of("17")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("'17' is no digest of a customer");
    }
  }
}
