package dev.patron.features.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.tables.TableDefinition.Format.Kind;
import dev.patron.features.tables.TableDefinition.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SchemaEvidenceTest {
  private static final Source CSV = Source.facts(Kind.CSV);
  private static final Source JSON = Source.facts(Kind.JSONL);

  /** The type of one CSV column of these values. */
  private static String csv(Source source, String... values) {
    String[] lines = new String[values.length + 1];
    lines[0] = "x,y";
    for (int i = 0; i < values.length; i++) {
      lines[i + 1] = values[i] + ",1";
    }
    return source.resolve(lines).type("x").toString();
  }

  /** The type of one JSON column of these values. */
  private static String json(Source source, String... values) {
    String[] lines = new String[values.length];
    for (int i = 0; i < values.length; i++) {
      lines[i] = "{\"x\": " + values[i] + "}";
    }
    return source.resolve(lines).type("x").toString();
  }

  @Test
  void textIsWhatEveryValueParsesAs() {
    assertThat(csv(CSV, "1", "-2", "", "9223372036854775807")).isEqualTo("long");
    assertThat(csv(CSV, "1", "2.5")).isEqualTo("double");
    assertThat(csv(CSV, "1e3")).isEqualTo("double");
    assertThat(csv(CSV, "true", "FALSE")).isEqualTo("boolean");
    assertThat(csv(CSV, "2024-02-29", "2024-12-31")).isEqualTo("date");
    assertThat(csv(CSV, "2024-02-29", "2024-12-31 10:00:00")).isEqualTo("timestamp");
    assertThat(csv(CSV, "2024-02-29T10:00:00.5+02:00")).isEqualTo("timestamp");
    assertThat(csv(CSV, "1", "x")).isEqualTo("string");
    assertThat(csv(CSV, "2024-02-30")).isEqualTo("string");
    assertThat(csv(CSV, "", "")).isEqualTo("string");
  }

  @Test
  void digitsWithLeadingZerosAreNames() {
    assertThat(csv(CSV, "1", "00001")).isEqualTo("string");
    assertThat(csv(CSV, "-01")).isEqualTo("string");
    assertThat(csv(CSV, "+49123")).isEqualTo("string");
    assertThat(csv(CSV, "12345678901234567890")).isEqualTo("string");
    assertThat(csv(CSV, "0", "0.5")).isEqualTo("double");
  }

  @Test
  void moneyIsADecimalOfTheLargestScale() {
    Source money = CSV.with("x", Role.MONEY);
    assertThat(csv(money, "1", "2.50", "-3.125")).isEqualTo("decimal(18,3)");
    assertThat(csv(money, "1", "garbage")).isEqualTo("decimal(18,0)");
    assertThat(csv(money, "0.1234567")).isEqualTo("decimal(38,7)");
    assertThat(csv(money, "1.50", "12345678901234567.25")).isEqualTo("decimal(18,2)");
    assertThat(csv(money, "1.50", "1" + "0".repeat(37))).isEqualTo("decimal(18,2)");
    assertThat(csv(money, "1.50", "1" + "0".repeat(44))).isEqualTo("decimal(18,2)");
    assertThat(csv(money, "1.50", "0." + "0".repeat(40) + "1")).isEqualTo("decimal(18,2)");
    assertThat(csv(money, "1.5e3")).isEqualTo("double");
    assertThat(csv(money, "1.50", "1e300")).isEqualTo("decimal(18,2)");
    assertThat(json(JSON.with("x", Role.MONEY), "1.50", "-1e18")).isEqualTo("decimal(18,2)");
    assertThat(csv(money, "")).isEqualTo("decimal(18,2)");
    assertThat(json(JSON.with("x", Role.MONEY), "1", "2.5", "\"3.75\"")).isEqualTo("decimal(18,2)");
  }

  @Test
  void quantityTimeAndIdentityDecideHowTextIsRead() {
    assertThat(csv(CSV.with("x", Role.QUANTITY), "1", "many")).isEqualTo("long");
    assertThat(csv(CSV.with("x", Role.QUANTITY), "1", "0.5")).isEqualTo("double");
    assertThat(csv(CSV.with("x", Role.TIME), "2024-01-01", "soon")).isEqualTo("date");
    assertThat(csv(CSV.with("x", Role.TIME), "2024-01-01", "2024-01-01 10:00"))
        .isEqualTo("timestamp");
    assertThat(csv(CSV.with("x", Role.TIME), "1700000000000")).isEqualTo("timestamp");
    assertThat(csv(CSV.with("x", Role.TIME).withTimes("M/d/yyyy H:mm", "UTC"), "12/1/2010 8:26"))
        .isEqualTo("timestamp");
    assertThat(csv(CSV.with("x", Role.TIME).withTimes("yyyyMMdd", "UTC"), "20101201"))
        .isEqualTo("date");
    assertThat(csv(CSV.with("x", Role.IDENTITY), "1", "2")).isEqualTo("long");
    assertThat(csv(CSV.with("x", Role.IDENTITY), "17850.0")).isEqualTo("string");
    assertThat(json(JSON.with("x", Role.IDENTITY), "1", "\"A7\"")).isEqualTo("string");
    assertThat(json(JSON.with("x", Role.IDENTITY), "1", "\"007\"")).isEqualTo("string");
    assertThat(json(JSON.with("x", Role.IDENTITY), "1", "\"7\"")).isEqualTo("long");
  }

  @Test
  void jsonIsOfTheKindOfMostOfItsValues() {
    assertThat(json(JSON, "\"one\"", "2", "\"three\"")).isEqualTo("string");
    assertThat(json(JSON, "1", "2", "\"three\"")).isEqualTo("long");
    assertThat(json(JSON, "true", "false", "\"maybe\"")).isEqualTo("boolean");
    assertThat(json(JSON, "true", "1", "false")).isEqualTo("boolean");
    assertThat(json(JSON, "{\"b\":1}", "\"text\"", "{\"b\":2}")).isEqualTo("row<b: long>");
    assertThat(json(JSON, "[1]", "\"text\"", "[2]")).isEqualTo("array<long>");
    assertThat(json(JSON, "{\"b\":\"x\"}", "{\"b\":1}", "{\"b\":\"y\"}"))
        .isEqualTo("row<b: string>");
    assertThat(json(JSON, "[\"x\", 1, \"y\"]")).isEqualTo("array<string>");
    assertThat(json(JSON, "{}", "{}", "7")).isEqualTo("long");
  }

  @Test
  void ofEquallyManyNumbersWinOverTextAndScalarsOverTheRest() {
    assertThat(json(JSON, "1", "null")).isEqualTo("long");
    assertThat(json(JSON, "1", "2.5")).isEqualTo("double");
    assertThat(json(JSON, "1", "\"one\"")).isEqualTo("long");
    assertThat(json(JSON, "\"2024-01-01\"")).isEqualTo("string");
    assertThat(json(JSON, "true")).isEqualTo("boolean");
    assertThat(json(JSON, "null")).isEqualTo("string");
    assertThat(json(JSON, "12345678901234567890")).isEqualTo("decimal(38,0)");
    assertThat(json(JSON, "{\"b\":1,\"a\":[\"t\"]}", "{\"c\":null}"))
        .isEqualTo("row<a: array<string>, b: long, c: string>");
    assertThat(json(JSON, "[1,2.5,null]", "[]")).isEqualTo("array<double>");
    assertThat(json(JSON, "{\"b\":1}", "\"text\"")).isEqualTo("string");
  }

  @Test
  void whatLaterRecordsShowRefusesNothingThatWasTaken() {
    assertThat(later(JSON, "\"name\"", "7")).isEqualTo("string");
    assertThat(later(JSON, "\"name\"", "7", "8.5", "true")).isEqualTo("string");
    assertThat(later(JSON, "true", "7")).isEqualTo("boolean");
    assertThat(later(JSON, "7", "\"name\"")).isEqualTo("long");
    assertThat(later(JSON, "7", "8.5")).isEqualTo("double");
    assertThat(later(JSON, "null", "7")).isEqualTo("long");
    assertThat(later(JSON.with("x", Role.MONEY), "7", "8.25")).isEqualTo("decimal(18,2)");
    assertThat(later(JSON, "{\"a\":\"name\"}", "{\"b\":1}")).isEqualTo("row<a: string, b: long>");
    assertThat(later(JSON, "{\"a\":\"name\"}", "{\"a\":1}", "{\"a\":2}"))
        .isEqualTo("row<a: string>");
    assertThat(later(JSON, "{\"a\":1}", "\"text\"", "\"text\"")).isEqualTo("row<a: long>");
    assertThat(later(JSON, "7", "\"name\"", "\"name\"", "\"name\"")).isEqualTo("long");
    assertThat(later(JSON, "[7]", "7", "[\"name\", \"name\"]")).isEqualTo("array<long>");
  }

  @Test
  void numbersWidenOnlyWhereThatIsExact() {
    assertThat(json(JSON, "9007199254740993", "1.5")).isEqualTo("decimal(38,1)");
    assertThat(json(JSON, "18446744073709551617", "0.5")).isEqualTo("decimal(38,1)");
    assertThat(json(JSON, "123456789012345", "1.5")).isEqualTo("double");
    assertThat(csv(CSV, "9007199254740993", "1.5")).isEqualTo("decimal(38,1)");
    assertThat(later(JSON, "9007199254740993", "1.5")).isEqualTo("decimal(38,1)");
    assertThat(later(JSON, "{\"a\":9007199254740993}", "{\"a\":1.5}"))
        .isEqualTo("row<a: decimal(38,1)>");
    assertThat(later(JSON, "9007199254740993", "1.5e3")).isEqualTo("long");
    assertThat(later(JSON, "18446744073709551617", "1e-30")).isEqualTo("decimal(38,0)");
  }

  /** The type of one JSON column of values that come one after the other. */
  private static String later(Source source, String... values) {
    SchemaEvidence evidence = new SchemaEvidence();
    for (String value : values) {
      SchemaEvidence more = new SchemaEvidence();
      more.observe(source.bronze("{\"x\": " + value + "}"), source.table());
      evidence.addLater(more, source.table());
      SchemaEvidence stored = new SchemaEvidence();
      stored.merge(SchemaEvidence.fromJson(evidence.toJson()));
      evidence = stored;
    }
    return evidence.resolve(source.table()).type("x").toString();
  }

  @Test
  void fieldsOfLinesHaveRolesOfTheirOwn() {
    assertThat(json(JSON.with("x.price", Role.MONEY), "[{\"price\":\"1.50\",\"n\":\"2\"}]"))
        .isEqualTo("array<row<n: string, price: decimal(18,2)>>");
  }

  @Test
  void ofTwoColumnsOfOneNameTheFirstIsTaken() {
    SchemaEvidence evidence = new SchemaEvidence();
    evidence.observe(CSV.bronze("b,a,a", "1,x,"), CSV.table());
    assertThat(evidence.hasNameless()).isFalse();
    evidence.observe(CSV.bronze("b,a,a", "1,,2"), CSV.table());
    SchemaEvidence kept = SchemaEvidence.fromJson(evidence.toJson());
    assertThat(kept.hasNameless()).isTrue();
    assertThat(kept.resolve(CSV.table())).isEqualTo(evidence.resolve(CSV.table()));
    assertThat(kept.resolve(CSV.table()).names()).containsExactly("b", "a");
  }

  @Test
  void columnsComeInTheOrderOfTheHeaderThatSortsFirst() {
    SchemaEvidence evidence = new SchemaEvidence();
    evidence.observe(CSV.bronze("b,z,a", "1,2,3"), CSV.table());
    evidence.observe(CSV.bronze("b,a,new", "1,2,3"), CSV.table());
    assertThat(evidence.resolve(CSV.withKey("z").table()).names())
        .containsExactly("z", "b", "a", "new");
  }

  @Test
  void jsonColumnsComeInAlphabeticalOrderBehindTheKey() {
    assertThat(JSON.withKey("m").resolve("{\"z\":1,\"m\":2,\"a\":3}").names())
        .containsExactly("m", "a", "z");
  }

  @Test
  void declaredColumnsAreTakenAsTheyAre() {
    Schema declared = Schema.of().with("x", Type.DATE);
    assertThat(JSON.with(declared).resolve("{\"x\":1,\"y\":2}")).isEqualTo(declared);
  }

  @Test
  void anEmbeddedSchemaSaysTheTypesAndTheOrder() {
    String fields =
        """
        {"type":"int32","optional":false,"field":"id"},
        {"type":"bytes","name":"org.apache.kafka.connect.data.Decimal","field":"price",
         "parameters":{"scale":"2","connect.decimal.precision":"10"}},
        {"type":"bytes","name":"org.apache.kafka.connect.data.Decimal","field":"big",
         "parameters":{"scale":"3"}},
        {"type":"struct","name":"io.debezium.data.VariableScaleDecimal","field":"any",
         "fields":[{"type":"int32","field":"scale"},{"type":"bytes","field":"value"}]},
        {"type":"float","field":"score"},
        {"type":"int64","name":"io.debezium.time.MicroTimestamp","field":"at"},
        {"type":"int32","name":"io.debezium.time.Date","field":"day"},
        {"type":"int64","name":"io.debezium.time.MicroTime","field":"clock"},
        {"type":"string","name":"io.debezium.time.ZonedTimestamp","field":"zoned"},
        {"type":"string","name":"io.debezium.data.Json","field":"prefs"},
        {"type":"bytes","field":"blob"},
        {"type":"boolean","field":"active"},
        {"type":"array","items":{"type":"string"},"field":"tags"},
        {"type":"struct","fields":[{"type":"int16","field":"n"}],"field":"nested"}
        """
            .replace("\n", "");
    String line =
        "{\"schema\":{\"type\":\"struct\",\"fields\":[{\"type\":\"struct\",\"fields\":["
            + fields
            + "],\"field\":\"after\"},{\"type\":\"struct\",\"fields\":[],\"field\":\"source\"},"
            + "{\"type\":\"string\",\"field\":\"op\"}]},\"payload\":{\"after\":null,\"op\":\"d\","
            + "\"source\":{\"table\":\"books\",\"lsn\":1,\"ts_ms\":1}}}";
    assertThat(Source.feed("id").resolve(line))
        .hasToString(
            "id: long, price: decimal(10,2), big: decimal(38,3), any: string, score: double, at:"
                + " timestamp, day: date, clock: string, zoned: timestamp, prefs: string, blob:"
                + " string, active: boolean, tags: array<string>, nested: row<n: long>");
  }

  @Test
  void metadataOfUnwrappedRecordsAndPlaceholdersAreNoEvidence() {
    assertThat(
            Source.feed("id")
                .resolve(
                    "{\"id\":1,\"t\":\"__debezium_unavailable_value\",\"__lsn\":1,\"__source_ts_ms\":1,\"__op\":\"u\",\"__deleted\":\"false\",\"__x\":1}",
                    "{\"id\":1,\"t\":5,\"__lsn\":1,\"__source_ts_ms\":1,\"__op\":\"u\"}",
                    "{\"id\":1,\"t\":\"blank\",\"__lsn\":1,\"__source_ts_ms\":1,\"__op\":\"d\",\"__deleted\":\"true\"}"))
        .hasToString("id: long, t: long");
  }

  @Test
  void ofNamesThatDifferInCaseAloneOneIsAColumn() {
    List<String> lines =
        List.of(
            "{\"id\":1,\"n\":{\"b\":1,\"c\":{\"d\":1}},\"l\":[{\"x\":1,\"X\":\"x\"}]}",
            "{\"ID\":true,\"Id\":\"x\",\"n\":{\"B\":\"x\",\"c\":{\"D\":\"x\"}}}");
    for (int first = 0; first < 2; first++) {
      assertThat(JSON.resolve(lines.get(first), lines.get(1 - first)))
          .hasToString(
              "ID: boolean, l: array<row<X: string>>, n: row<B: string, c: row<D: string>>");
    }
    assertThat(CSV.resolve("id,Id,x", "1,b,c")).hasToString("Id: string, x: string");
    String[] both = lines.toArray(String[]::new);
    assertThat(JSON.withKey("id").resolve(both).names()).containsExactly("id", "l", "n");
    assertThat(JSON.with("l.x", Role.QUANTITY).resolve(both).type("l"))
        .hasToString("array<row<x: long>>");
    assertThat(CSV.withKey("iD").resolve("id,x", "1,b").names())
        .as("a key that no record has")
        .containsExactly("iD", "id", "x");
  }

  @Test
  void aColumnKeepsItsNameWhateverComesLater() {
    SchemaEvidence evidence = new SchemaEvidence();
    List<Set<String>> others = new ArrayList<>();
    for (String line :
        List.of(
            "{\"id\":1,\"Id\":2,\"n\":{\"b\":1}}",
            "{\"ID\":1,\"z\":1}",
            "{\"n\":{\"B\":1},\"Z\":1}",
            "{\"ID\":1}")) {
      SchemaEvidence more = new SchemaEvidence();
      more.observe(JSON.bronze(line), JSON.table());
      others.add(evidence.addLater(more, JSON.table()));
      SchemaEvidence stored = new SchemaEvidence();
      stored.merge(SchemaEvidence.fromJson(evidence.toJson()));
      assertThat(stored).isEqualTo(evidence);
      evidence = stored;
    }
    assertThat(evidence.resolve(JSON.table())).hasToString("Id: long, n: row<b: long>, z: long");
    assertThat(others).containsExactly(Set.of("id"), Set.of("ID"), Set.of("Z", "n.B"), Set.of());
  }

  @Test
  void aPlaceholderForAMapShowsNoField() {
    String change =
        "{\"op\":\"c\",\"source\":{\"lsn\":1,\"ts_ms\":1},\"after\":{\"k\":1,\"x\":{%s}}}";
    String placeholder =
        change.formatted("\"__debezium_unavailable_value\":\"__debezium_unavailable_value\"");
    assertThat(Source.feed("k").resolve(placeholder).type("x")).isEqualTo(Type.STRING);
    assertThat(Source.feed("k").resolve(placeholder, change.formatted("\"a\":\"b\"")).type("x"))
        .hasToString("row<a: string>");
  }

  @Test
  void whatIsRefusedWhateverTheColumnsAreShowsNothing() {
    String good = "{\"k\": 1, \"v\": 7}";
    for (String bad :
        List.of(
            "{\"k\": 2, \"v\": 1.5, \"z\": 1, \"w\":",
            "{\"k\": 2, \"v\": 1.5, \"z\": 1} {}",
            "{\"v\": 1.5, \"z\": 1}",
            "{\"k\": null, \"v\": 1.5, \"z\": 1}",
            "{\"k\": 2, \"v\": 1.5, \"z\": " + "[".repeat(150) + "]".repeat(150) + "}")) {
      assertThat(JSON.withKey("k").resolve(good, bad, good))
          .as(bad)
          .hasToString("k: long, v: long");
    }
    String change =
        "{\"op\":\"%s\",\"source\":{%s\"ts_ms\":%s},\"after\":{\"k\":1,\"v\":%s,\"%s\":1}}";
    String first = change.formatted("c", "\"lsn\":1,", "1", "7", "v2");
    for (String bad :
        List.of(
            change.formatted("X", "\"lsn\":1,", "1", "1.5", "z"),
            change.formatted("c", "", "1", "1.5", "z"),
            change.formatted("c", "\"lsn\":1,", "null", "1.5", "z"))) {
      assertThat(Source.feed("k").resolve(first, bad))
          .as(bad)
          .hasToString("k: long, v: long, v2: long");
    }
  }

  @Test
  void ofStatedTypesThatOfMostRecordsHolds() {
    String text = stated("string");
    String number = stated("int32");
    assertThat(Source.feed("k").resolve(text, number, text).type("x")).isEqualTo(Type.STRING);
    assertThat(Source.feed("k").resolve(number, text, number).type("x")).isEqualTo(Type.LONG);
    assertThat(Source.feed("k").resolve(text, number).type("x")).as("as many").isEqualTo(Type.LONG);
    assertThat(Source.feed("k").resolve(number, stated("double"), text).type("x"))
        .isEqualTo(Type.DOUBLE);
    assertThat(laterStated(number, text, text)).isEqualTo(Type.LONG);
    assertThat(laterStated(text, number, number)).isEqualTo(Type.STRING);
    assertThat(laterStated(number, stated("double"))).isEqualTo(Type.DOUBLE);
  }

  private static String stated(String type) {
    return """
        {"schema":{"type":"struct","fields":[{"type":"struct","field":"after","fields":[
        {"type":"int32","field":"k"},{"type":"%s","field":"x"}]},
        {"type":"struct","field":"source","fields":[{"type":"int64","field":"lsn"}]},
        {"type":"string","field":"op"}]},
        "payload":{"after":{"k":1,"x":null},"op":"c","source":{"lsn":1,"ts_ms":1}}}
        """
        .formatted(type)
        .replace("\n", "");
  }

  private static Type laterStated(String... records) {
    Source feed = Source.feed("k");
    SchemaEvidence evidence = new SchemaEvidence();
    for (String record : records) {
      SchemaEvidence more = new SchemaEvidence();
      more.observe(feed.bronze(record), feed.table());
      evidence.addLater(more, feed.table());
      evidence = SchemaEvidence.fromJson(evidence.toJson());
    }
    return evidence.resolve(feed.table()).type("x");
  }

  @Test
  void aDecimalBesideItsScaleStaysOne() {
    Source feed = Source.feed("k");
    SchemaEvidence evidence = new SchemaEvidence();
    for (String value : List.of("{\"scale\":2,\"value\":\"AQ==\"}", "{\"scale\":\"a\",\"x\":1}")) {
      SchemaEvidence more = new SchemaEvidence();
      more.observe(
          feed.bronze(
              "{\"op\":\"c\",\"source\":{\"lsn\":1,\"ts_ms\":1},\"after\":{\"k\":1,\"x\":"
                  + value
                  + "}}"),
          feed.table());
      evidence.addLater(more, feed.table());
    }
    assertThat(evidence.resolve(feed.table()).type("x")).isEqualTo(Type.STRING);
  }

  /** Merging is commutative and associative, and JSON loses nothing. */
  @Test
  void evidenceIsGatheredInAnyOrderAndOverAnyCut() {
    for (long seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      boolean csv = random.nextBoolean();
      Source source = csv ? CSV : JSON;
      List<Frame> frames = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        frames.add(csv ? randomCsv(random) : randomJson(random));
      }
      SchemaEvidence inOrder = new SchemaEvidence();
      frames.forEach(frame -> inOrder.observe(frame, source.table()));
      List<SchemaEvidence> parts = new ArrayList<>();
      for (Frame frame : frames) {
        SchemaEvidence part = new SchemaEvidence();
        part.observe(frame, source.table());
        parts.add(part);
      }
      java.util.Collections.shuffle(parts, random);
      SchemaEvidence left = new SchemaEvidence();
      for (SchemaEvidence part : parts) {
        left.merge(part);
      }
      SchemaEvidence right = new SchemaEvidence();
      right.merge(parts.get(4));
      right.merge(parts.get(5));
      SchemaEvidence first = new SchemaEvidence();
      parts.subList(0, 4).forEach(first::merge);
      right.merge(first);
      assertThat(left).as("seed %d", seed).isEqualTo(inOrder);
      assertThat(right).as("seed %d", seed).isEqualTo(inOrder);
      assertThat(SchemaEvidence.fromJson(inOrder.toJson())).as("seed %d", seed).isEqualTo(inOrder);
      assertThat(left.toJson()).as("seed %d", seed).isEqualTo(inOrder.toJson());
      assertThat(left.resolve(source.table())).isEqualTo(inOrder.resolve(source.table()));
    }
  }

  private static final List<String> VALUES =
      List.of("1", "007", "2.5", "1e3", "true", "2024-01-01", "2024-01-01T00:00:00Z", "text", "");

  private static Frame randomCsv(Random random) {
    List<String> header = new ArrayList<>(List.of("a", "b", "c"));
    java.util.Collections.shuffle(header, random);
    List<String> lines = new ArrayList<>(List.of(String.join(",", header)));
    for (int i = 0; i < 3; i++) {
      lines.add(any(random) + "," + any(random) + "," + any(random));
    }
    return CSV.bronze(lines.toArray(String[]::new));
  }

  private static String any(Random random) {
    return VALUES.get(random.nextInt(VALUES.size()));
  }

  private static Frame randomJson(Random random) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      lines.add("{\"" + "abc".charAt(random.nextInt(3)) + "\":" + anyJson(random, 2) + "}");
    }
    return JSON.bronze(lines.toArray(String[]::new));
  }

  private static String anyJson(Random random, int depth) {
    return switch (random.nextInt(depth == 0 ? 5 : 7)) {
      case 0 -> "null";
      case 1 -> String.valueOf(random.nextInt(1000));
      case 2 -> random.nextInt(1000) + ".25";
      case 3 -> "true";
      case 4 -> "\"" + any(random) + "\"";
      case 5 -> "[" + anyJson(random, depth - 1) + "]";
      default -> "{\"" + "xyz".charAt(random.nextInt(3)) + "\":" + anyJson(random, depth - 1) + "}";
    };
  }

  @Test
  void theArrayOfTheLinesIsAColumnBeforeOthersOfItsName() {
    Source source = Source.facts(Kind.JSONL).with("lines.q", Role.QUANTITY);
    assertThat(source.resolve("{\"Lines\":[{\"Q\":1}]}", "{\"lines\":[{\"q\":1}]}").toString())
        .isEqualTo("lines: array<row<q: long>>");
  }
}
