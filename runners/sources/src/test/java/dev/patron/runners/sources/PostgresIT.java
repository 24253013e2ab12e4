package dev.patron.runners.sources;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.pipelines.commands.Run;
import dev.patron.pipelines.console.Console;
import dev.patron.pipelines.options.RunOptions;
import dev.patron.transforms.lake.TableScan;
import dev.patron.transforms.lake.Warehouse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real source: PostgreSQL, changed by two clients at once, behind Debezium's connector,
 * configured in three ways. What Patron makes of what was delivered must be what the database
 * itself holds in the end, and its history what the database's own triggers wrote down, at the
 * times at which the database says it committed. So they must be when the records come in several
 * runs, in any order, some of them again and again.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresIT {
  private static final long SEED = Long.getLong("patron.seed", 42);

  /** Into how many runs the records are dealt. */
  private static final int RUNS = 3;

  /** With schemas, everything as Debezium does it by itself. */
  private static final String PLAIN = "plain";

  /** Without schemas: decimals are text, times are Kafka Connect's. */
  private static final String BARE = "bare";

  /** Unwrapped rows, deletes rewritten, decimals as doubles, times of day in microseconds. */
  private static final String UNWRAPPED = "unwrapped";

  private static final Map<String, Map<String, String>> CONFIGURATIONS =
      Map.of(
          PLAIN,
          Map.of("table.include.list", tables("books,customers,carts,marks,signals")),
          BARE,
          Map.of(
              "table.include.list", tables("books,customers,carts,marks,signals"),
              "converter.schemas.enable", "false",
              "decimal.handling.mode", "string",
              "time.precision.mode", "connect",
              "binary.handling.mode", "base64"),
          UNWRAPPED,
          // Unwrapping drops truncates, so that what is truncated is left out here.
          Map.of(
              "table.include.list", tables("books,customers,marks"),
              "converter.schemas.enable", "false",
              "decimal.handling.mode", "double",
              "time.precision.mode", "adaptive_time_microseconds",
              "transforms", "unwrap",
              "transforms.unwrap.type", "io.debezium.transforms.ExtractNewRecordState",
              "transforms.unwrap.delete.tombstone.handling.mode", "rewrite",
              "transforms.unwrap.add.fields", "op,table,lsn,source.sequence,source.ts_us,ts_us"));

  private static final String EXTRA_TYPES =
      """
          columns: { id: long, title: string, price: %1$s, weight: double, stock: long,
                     tags: array<string>, doc: string, uid: string, raw: string, born: date,
                     seen: timestamp, sold: timestamp, note: string, free: %2$s, extra: long }
      """;

  /**
   * A column of the database.
   *
   * @param sql its value as text
   */
  private record Column(String name, String sql) {
    static Column text(String name) {
      return new Column(name, name + "::text");
    }

    static Column micros(String name) {
      return new Column(name, PostgresIT.micros(name));
    }
  }

  private static final List<Column> BOOK =
      List.of(
          Column.text("id"),
          Column.text("title"),
          Column.text("price"),
          Column.text("weight"),
          Column.text("stock"),
          new Column("tags", "array_to_string(tags, chr(31), chr(30))"),
          Column.text("doc"),
          Column.text("uid"),
          new Column("raw", "translate(encode(raw, 'base64'), E'\\n', '')"),
          Column.text("born"),
          Column.micros("seen"),
          Column.micros("sold"),
          Column.text("note"),
          Column.text("free"),
          Column.text("extra"));

  private static final List<Column> CUSTOMER =
      List.of(
          Column.text("country"),
          Column.text("number"),
          Column.text("name"),
          Column.micros("joined"),
          Column.text("credit"),
          Column.text("active"));

  private static final List<Column> CART = List.of(Column.text("id"), Column.text("total"));

  private Path folder;
  private PostgresServer server;
  private Connection database;
  private final Map<String, List<List<String>>> snapshot = new TreeMap<>();
  private long before;
  private long live;

  private static String tables(String names) {
    return Arrays.stream(names.split(",")).map(name -> "public." + name).collect(joining(","));
  }

  private static String micros(String column) {
    return "(extract(epoch from " + column + ") * 1000000)::bigint::text";
  }

  @BeforeAll
  void liveThroughTheWorkload(@TempDir Path made) throws Exception {
    folder = made;
    StringBuilder why = new StringBuilder();
    Optional<Path> programs = PostgresServer.programs(why);
    assumeTrue(programs.isPresent(), why::toString);
    server = PostgresServer.start(programs.get());
    database = server.connect();
    for (String table : Workload.TABLES) {
      execute(table);
    }
    Workload first = new Workload(server.connect(), SEED, 1, "Asia/Kolkata");
    Workload second = new Workload(server.connect(), SEED + 1, 2, "America/St_Johns");
    first.transactions(30);
    execute("truncate books_audit, customers_audit, carts_audit");
    List<Column> yetWithoutExtra = BOOK.subList(0, BOOK.size() - 1);
    List<List<String>> books = rows("books", yetWithoutExtra);
    books.forEach(row -> row.add(null));
    snapshot.put("books", books);
    snapshot.put("customers", rows("customers", CUSTOMER));
    snapshot.put("carts", rows("carts", CART));

    before = now();
    Map<String, Connector> connectors = new TreeMap<>();
    for (Map.Entry<String, Map<String, String>> configuration : CONFIGURATIONS.entrySet()) {
      Connector connector =
          new Connector(
              configuration.getKey(),
              server,
              folder.resolve(configuration.getKey()),
              configuration.getValue());
      connectors.put(configuration.getKey(), connector);
      connector.start();
    }
    awaitAll(connectors, "all listen");
    live = now();

    atOnce(first, second, 150);
    Workload.addColumn(database);
    first.useColumn();
    second.useColumn();
    atOnce(first, second, 150);

    // A connector that lost its memory takes another snapshot of what it has read already.
    awaitAll(connectors, "half way");
    connectors.get(PLAIN).stop();
    connectors.get(PLAIN).start();
    awaitAll(connectors, "all listen again");
    atOnce(first, second, 100);
    awaitAll(connectors, "all done");

    execute(
        "insert into signals values ('again', 'execute-snapshot',"
            + " '{\"data-collections\": [\"public.books\", \"public.customers\"]}')");
    long rows = count("books") + count("customers");
    connectors.get(PLAIN).awaitIncremental(rows);
    connectors.get(BARE).awaitIncremental(rows);
    for (Connector connector : connectors.values()) {
      connector.stop();
    }
  }

  @AfterAll
  void stop() throws Exception {
    if (server != null) {
      server.stop();
    }
  }

  private static void atOnce(Workload first, Workload second, int transactions) throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(2);
    List<Future<?>> both = new ArrayList<>();
    for (Workload client : List.of(first, second)) {
      both.add(
          clients.submit(
              () -> {
                client.transactions(transactions);
                return null;
              }));
    }
    for (Future<?> client : both) {
      client.get();
    }
    clients.shutdown();
  }

  private void awaitAll(Map<String, Connector> connectors, String mark) throws Exception {
    // Until a connector listens it misses marks, and a snapshot may have them; so each has its own.
    execute("insert into marks values ('" + mark + "')");
    for (Connector connector : connectors.values()) {
      connector.awaitMark(mark);
    }
  }

  @Test
  void debeziumWithSchemasGivesTheDatabasesTables() throws Exception {
    check(PLAIN, "", "", true);
  }

  @Test
  void debeziumWithoutSchemasGivesTheDatabasesTables() throws Exception {
    check(
        BARE,
        EXTRA_TYPES.formatted("decimal(10,2)", "string"),
        "    columns: { country: string, number: long, name: string, joined: timestamp,"
            + " credit: decimal(14,3), active: boolean }\n",
        true);
  }

  @Test
  void unwrappedRowsGiveTheDatabasesTables() throws Exception {
    check(
        UNWRAPPED,
        EXTRA_TYPES.formatted("double", "double"),
        "    columns: { country: string, number: long, name: string, joined: timestamp,"
            + " credit: double, active: boolean }\n",
        false);
  }

  private void check(
      String configuration, String bookColumns, String customerColumns, boolean hasCarts)
      throws Exception {
    // Of each table the current rows and the history: in two runs, for a record has one table.
    for (boolean dealt : new boolean[] {false, true}) {
      Warehouse current =
          warehouse(configuration, dealt, "current", bookColumns, customerColumns, hasCarts);
      Warehouse history =
          warehouse(configuration, dealt, "history", bookColumns, customerColumns, hasCarts);
      String how = dealt ? " in several runs" : "";
      checkTable(current, history, "books", BOOK, 1, how);
      checkTable(current, history, "customers", CUSTOMER, 2, how);
      if (hasCarts) {
        checkTable(current, history, "carts", CART, 1, how);
      }
    }
  }

  /**
   * @param dealt whether the tables are made in several runs, each of what was delivered in any
   *     order, some of it again and again
   */
  private Warehouse warehouse(
      String configuration,
      boolean dealt,
      String keep,
      String bookColumns,
      String customerColumns,
      boolean hasCarts)
      throws Exception {
    String name = configuration + "-" + keep + (dealt ? "-dealt" : "");
    String files = dealt ? name : configuration;
    String from = "    from: { files: \"" + files + "/*.jsonl\", format: debezium }\n";
    String definition =
        "name: shop\ntables:\n"
            + table("books", keep, "[id]", bookColumns, from)
            + table("customers", keep, "[country, number]", customerColumns, from)
            + (hasCarts ? table("carts", keep, "[id]", "", from) : "");
    Path dataset = folder.resolve(name + ".yaml");
    Files.writeString(dataset, definition);
    Path warehouse = folder.resolve("warehouse-" + name);
    if (!dealt) {
      run(dataset, warehouse);
      return Warehouse.at(warehouse.toString());
    }
    List<String> lines = lines(folder.resolve(configuration));
    Path to = Files.createDirectory(folder.resolve(files));
    for (int run = 0; run < RUNS; run++) {
      Files.write(to.resolve("run" + run + ".jsonl"), dealt(lines, run));
      run(dataset, warehouse);
    }
    return Warehouse.at(warehouse.toString());
  }

  private static List<String> lines(Path files) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> all = Files.list(files)) {
      for (Path file : all.filter(path -> path.toString().endsWith(".jsonl")).sorted().toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    return lines;
  }

  /** A run's share of the records and some of the others', in any order. */
  private static List<String> dealt(List<String> lines, int run) {
    Random random = new Random(SEED + run);
    List<String> dealt = new ArrayList<>();
    for (String line : lines) {
      if (Math.floorMod(line.hashCode(), RUNS) == run || random.nextInt(10) == 0) {
        dealt.add(line);
      }
    }
    Collections.shuffle(dealt, random);
    return dealt;
  }

  private static String table(String name, String keep, String key, String columns, String from) {
    return "  %s:\n    keep: %s\n    key: %s\n%s%s".formatted(name, keep, key, columns, from);
  }

  private static void run(Path dataset, Path warehouse) throws Exception {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream console = new PrintStream(said, true, StandardCharsets.UTF_8);
    Run.all(
        PipelineOptionsFactory.fromArgs(
                "--runner=DirectRunner",
                "--dataset=" + dataset,
                "--warehouse=" + warehouse,
                "--maxQuarantined=0")
            .as(RunOptions.class),
        new Console(console, console, false));
  }

  private void checkTable(
      Warehouse current,
      Warehouse history,
      String table,
      List<Column> columns,
      int keyWidth,
      String how)
      throws SQLException {
    List<String> names = columns.stream().map(Column::name).toList();
    Frame ours = TableScan.of(current.table("silver/" + table).snapshot(), names).all();
    checkSame(
        table + ", the rows at the end" + how,
        values(ours),
        rows(table, columns).stream().map(row -> typed(row, ours.schema())));

    List<String> withTimes = new ArrayList<>(names);
    withTimes.addAll(List.of("valid_from", "valid_to"));
    Frame versions = TableScan.of(history.table("silver/" + table).snapshot(), withTimes).all();
    checkSame(
        table + ", the versions" + how,
        values(versions).map(this::withSnapshotTime),
        expectedVersions(table, columns, keyWidth, versions.schema()).stream());
  }

  /** Says no more than what differs. */
  private static void checkSame(
      String what, Stream<List<Object>> ours, Stream<List<Object>> theirs) {
    List<String> expected = lines(theirs);
    List<String> found = lines(ours);
    List<String> missing = new ArrayList<>(expected);
    found.forEach(missing::remove);
    List<String> tooMany = new ArrayList<>(found);
    expected.forEach(tooMany::remove);
    assertThat(expected).as(what).isNotEmpty();
    assertThat(List.of(missing, tooMany))
        .as("%s, seed %d: what the database has and we have not, and the reverse", what, SEED)
        .isEqualTo(List.of(List.of(), List.of()));
  }

  private static List<String> lines(Stream<List<Object>> rows) {
    return rows.map(PostgresIT::line).sorted().toList();
  }

  /** The row on one line; long values shortened to what tells them apart. */
  private static String line(List<Object> row) {
    return row.stream()
        .map(String::valueOf)
        .map(text -> text.length() <= 60 ? text : text.substring(0, 40) + "...#" + text.hashCode())
        .collect(joining(" | "));
  }

  /** Our rows, their values as {@link #typed} has them. */
  private static Stream<List<Object>> values(Frame rows) {
    int free = rows.schema().has("free") ? rows.schema().position("free") : -1;
    return rows.toRows().stream()
        .map(
            row -> {
              List<Object> values =
                  row.stream().map(PostgresIT::value).collect(Collectors.toList());
              if (free >= 0 && values.get(free) instanceof String text) {
                values.set(free, plain(text));
              }
              return values;
            });
  }

  /** Debezium leaves out the zeros at the end of a numeric without a scale. */
  private static String plain(String number) {
    return new BigDecimal(number).stripTrailingZeros().toPlainString();
  }

  private static Object value(Object ours) {
    if (ours instanceof Instant instant) {
      return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }
    if (ours instanceof BigDecimal decimal) {
      return plain(decimal.toPlainString());
    }
    if (ours instanceof List<?> list) {
      return list.stream()
          .map(item -> item == null ? "\u001e" : item)
          .map(Object::toString)
          .collect(joining("\u001f"));
    }
    return ours;
  }

  /** The database's texts as the types of our columns. */
  private static List<Object> typed(List<String> row, Schema schema) {
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < row.size(); i++) {
      String text = row.get(i);
      Type type = schema.field(i).type();
      if (text == null) {
        values.add(null);
      } else if (type == Type.LONG || type == Type.TIMESTAMP) {
        values.add(Long.valueOf(text));
      } else if (type == Type.DOUBLE) {
        values.add(Double.valueOf(text));
      } else if (type == Type.BOOLEAN) {
        values.add(Boolean.valueOf(text));
      } else if (type == Type.DATE) {
        values.add(LocalDate.parse(text));
      } else if (type instanceof Type.Decimal || schema.field(i).name().equals("free")) {
        values.add(plain(text));
      } else {
        values.add(text);
      }
    }
    return values;
  }

  /** When a snapshot was taken the database does not say: it was before anything else. */
  private List<Object> withSnapshotTime(List<Object> version) {
    int at = version.size() - 2;
    long from = (Long) version.get(at);
    if (from >= before && from <= live) {
      version.set(at, 0L);
    }
    return version;
  }

  private List<List<String>> rows(String table, List<Column> columns) throws SQLException {
    return Workload.query(database, "select " + sql(columns) + " from " + table);
  }

  private static String sql(List<Column> columns) {
    return columns.stream().map(Column::sql).collect(joining(", "));
  }

  private long now() throws SQLException {
    return Long.parseLong(
        Workload.query(database, "select " + micros("clock_timestamp()")).get(0).get(0));
  }

  private long count(String table) throws SQLException {
    return Long.parseLong(Workload.query(database, "select count(*) from " + table).get(0).get(0));
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = database.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The versions that the triggers wrote down, and before them the rows of the snapshot. */
  private List<List<Object>> expectedVersions(
      String table, List<Column> columns, int keyWidth, Schema schema) throws SQLException {
    Map<List<String>, TreeMap<Long, List<String>>> lives = new HashMap<>();
    for (List<String> row : snapshot.get(table)) {
      lives.computeIfAbsent(row.subList(0, keyWidth), key -> new TreeMap<>()).put(0L, row);
    }
    List<List<String>> log =
        Workload.query(
            database,
            "select what, %s, %s from %s_audit order by n"
                .formatted(micros("pg_xact_commit_timestamp(tx)"), sql(columns), table));
    for (List<String> entry : log) {
      long at = Long.parseLong(entry.get(1));
      List<String> row = entry.subList(2, entry.size());
      switch (entry.get(0)) {
        case "truncate" -> lives.values().forEach(life -> life.put(at, null));
        case "gone" ->
            lives.computeIfAbsent(row.subList(0, keyWidth), key -> new TreeMap<>()).put(at, null);
        default ->
            lives.computeIfAbsent(row.subList(0, keyWidth), key -> new TreeMap<>()).put(at, row);
      }
    }
    List<List<Object>> versions = new ArrayList<>();
    for (TreeMap<Long, List<String>> life : lives.values()) {
      List<String> open = null;
      long since = 0;
      for (Map.Entry<Long, List<String>> entry : life.entrySet()) {
        if (Objects.equals(open, entry.getValue())) {
          continue;
        }
        if (open != null) {
          versions.add(version(open, since, entry.getKey(), schema));
        }
        open = entry.getValue();
        since = entry.getKey();
      }
      if (open != null) {
        versions.add(version(open, since, null, schema));
      }
    }
    return versions;
  }

  private static List<Object> version(List<String> row, long from, Long to, Schema schema) {
    List<Object> version = typed(row, schema);
    version.add(from);
    version.add(to);
    return version;
  }
}
