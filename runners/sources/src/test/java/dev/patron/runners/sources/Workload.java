package dev.patron.runners.sources;

import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/**
 * What a shop does to its database, by seed: inserts, updates, deletes, changed keys, truncates,
 * transactions of several rows, some of them rolled back, wholly or in part; large values that stay
 * as they are; nulls, many scripts, decimals and time zones. Several may work at once, each on rows
 * of its own.
 */
final class Workload {
  /** What the shop's tables are, and the triggers that write down what happens to them. */
  static final List<String> TABLES =
      List.of(
          """
          create table books (
            id bigint primary key, title text, price numeric(10,2), weight double precision,
            stock int, tags text[], doc jsonb, uid uuid, raw bytea, born date,
            seen timestamp, sold timestamptz, note text, free numeric)
          """,
          "alter table books alter note set storage external",
          "alter table books alter tags set storage external",
          """
          create table customers (
            country text, number int, name text, joined timestamptz, credit numeric(14,3),
            active boolean, primary key (country, number))
          """,
          "alter table customers replica identity full",
          "create table carts (id uuid primary key, total numeric(12,2))",
          "create table marks (mark text primary key)",
          "create table signals (id text primary key, type text, data text)",
          "create sequence audit_order",
          audited("books"),
          audited("customers"),
          audited("carts"),
          """
          create function audit() returns trigger language plpgsql as $$
          declare
            target text := TG_TABLE_NAME || '_audit';
            entry text := format(
              'insert into %I select nextval(''audit_order''), $2, pg_current_xact_id()::xid, ($1).*',
              target);
          begin
            if TG_OP = 'TRUNCATE' then
              execute format('insert into %I (n, what, tx) values'
                || ' (nextval(''audit_order''), ''truncate'', pg_current_xact_id()::xid)', target);
            end if;
            if TG_OP in ('UPDATE', 'DELETE') then
              execute entry using OLD, 'gone';
            end if;
            if TG_OP in ('UPDATE', 'INSERT') then
              execute entry using NEW, 'there';
            end if;
            return null;
          end $$
          """,
          trigger("books"),
          trigger("customers"),
          trigger("carts"));

  private static final List<String> WORDS =
      List.of(
          "Faust",
          "",
          " ",
          "Null",
          "null",
          "NaN",
          "Зов предков",
          "源氏物語",
          "ألف ليلة وليلة",
          "👩‍🚀",
          "it's \"quoted\", \\ and; more",
          "line\nbreak\ttab",
          "e\u0301",
          "\u0001",
          "0012",
          "1e5");

  private final Connection connection;
  private final Random random;
  private final int worker;
  private final List<Long> books = new ArrayList<>();
  private boolean hasExtra;
  private long lastId;

  /**
   * @param worker a number of its own, from 0 to 9, that says which rows are its own
   * @param zone the session's time zone
   */
  Workload(Connection connection, long seed, int worker, String zone) throws SQLException {
    this.connection = connection;
    this.random = new Random(seed);
    this.worker = worker;
    execute("set time zone '" + zone + "'");
    connection.setAutoCommit(false);
  }

  private static String audited(String table) {
    return "create table %1$s_audit as select 0::bigint n, ''::text what, '0'::xid tx, * from %1$s limit 0"
        .formatted(table);
  }

  private static String trigger(String table) {
    return """
        create trigger audit after insert or update or delete on %1$s
          for each row execute function audit();
        create trigger audit_truncate after truncate on %1$s execute function audit()
        """
        .formatted(table);
  }

  /** Does this many transactions. */
  void transactions(int count) throws SQLException {
    for (int i = 0; i < count; i++) {
      int changes = 1 + random.nextInt(5);
      Savepoint savepoint = null;
      List<Long> before = new ArrayList<>(books);
      for (int j = 0; j < changes; j++) {
        if (j == changes / 2 && random.nextInt(6) == 0) {
          savepoint = connection.setSavepoint();
          before = new ArrayList<>(books);
        }
        change();
      }
      if (random.nextInt(7) == 0) {
        if (savepoint == null) {
          connection.rollback();
        } else {
          connection.rollback(savepoint);
          connection.commit();
        }
        books.clear();
        books.addAll(before);
      } else {
        connection.commit();
      }
      if (random.nextInt(12) == 0) {
        // Alone, for it locks all of the table.
        execute("truncate carts");
        connection.commit();
      }
    }
  }

  /** The table gets another column, here and in what is written down. */
  static void addColumn(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("alter table books add column extra int");
      statement.execute("alter table books_audit add column extra int");
    }
  }

  /** From now on there is that column. */
  void useColumn() {
    hasExtra = true;
  }

  private void change() throws SQLException {
    switch (random.nextInt(12)) {
      case 0, 1, 2 -> insertBook();
      case 3 -> {
        if (!books.isEmpty()) {
          update("delete from books where id = ?", books.remove(random.nextInt(books.size())));
        }
      }
      case 4 -> {
        if (!books.isEmpty()) {
          long from = books.remove(random.nextInt(books.size()));
          long to = nextId();
          books.add(to);
          update("update books set id = ?, title = ? where id = ?", to, word(), from);
        }
      }
      case 5, 6, 7, 8 -> updateBook();
      case 9 -> {
        String country = List.of("DE", "FR", "日本").get(random.nextInt(3));
        update(
            """
            insert into customers values (?, ?, ?, ?, ?, ?)
            on conflict (country, number) do update set name = excluded.name, credit = excluded.credit
            """,
            country,
            10 * random.nextInt(8) + worker,
            word(),
            time(),
            decimal(3, 8),
            random.nextInt(3) == 0 ? null : random.nextBoolean());
      }
      case 10 ->
          update(
              "delete from customers where country = 'DE' and number = ?",
              10 * random.nextInt(8) + worker);
      default ->
          update(
              "insert into carts values (?, ?)",
              new UUID(random.nextLong(), random.nextLong()),
              decimal(2, 6));
    }
  }

  private void insertBook() throws SQLException {
    long id = nextId();
    books.add(id);
    update(
        "insert into books values (?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?, ?, ?)",
        id,
        word(),
        decimal(2, 7),
        random.nextInt(4) == 0 ? null : random.nextGaussian() * Math.pow(10, random.nextInt(9)),
        random.nextInt(4) == 0 ? null : random.nextInt(),
        tags(),
        random.nextInt(4) == 0
            ? null
            : "{\"a\": [1, 2.50, null], \"b\": \"" + random.nextInt(9) + "\"}",
        new UUID(random.nextLong(), random.nextLong()),
        random.nextInt(4) == 0 ? null : bytes(random.nextInt(30)),
        random.nextInt(4) == 0 ? null : LocalDate.of(1980, 1, 1).plusDays(random.nextInt(20_000)),
        Timestamp.from(Instant.ofEpochMilli(946_684_800_000L + random.nextInt())),
        time(),
        note(),
        random.nextInt(4) == 0 ? null : decimal(random.nextInt(12), 20));
  }

  private void updateBook() throws SQLException {
    if (books.isEmpty()) {
      return;
    }
    long id = books.get(random.nextInt(books.size()));
    int choice = random.nextInt(hasExtra ? 7 : 6);
    switch (choice) {
      case 0 -> update("update books set price = ? where id = ?", decimal(2, 7), id);
      case 1 -> update("update books set title = ?, stock = null where id = ?", word(), id);
      case 2 -> update("update books set note = ? where id = ?", note(), id);
      case 3 -> update("update books set tags = ? where id = ?", tags(), id);
      case 4 -> update("update books set sold = ?, weight = weight * 2 where id = ?", time(), id);
      case 5 -> update("update books set stock = stock where id = ?", id);
      default -> update("update books set extra = ? where id = ?", random.nextInt(100), id);
    }
  }

  private long nextId() {
    lastId++;
    // Ids beyond 2^53, and beyond what ten digits of text can order.
    return 10 * (random.nextInt(5) == 0 ? (1L << 54) + lastId : lastId) + worker;
  }

  private String word() {
    return random.nextInt(6) == 0
        ? null
        : WORDS.get(random.nextInt(WORDS.size())).replace("\u0000", "");
  }

  private BigDecimal decimal(int scale, int digits) {
    return random.nextInt(6) == 0
        ? null
        : new BigDecimal(new java.math.BigInteger(digits * 3, random), scale)
            .multiply(BigDecimal.valueOf(random.nextBoolean() ? 1 : -1))
            .setScale(scale);
  }

  private Timestamp time() {
    return random.nextInt(6) == 0
        ? null
        : Timestamp.from(Instant.ofEpochMilli(1_000_000_000_000L + random.nextInt()));
  }

  /** Often so large that the database keeps it aside, and leaves it out of what it logs. */
  private String note() {
    return switch (random.nextInt(4)) {
      case 0 -> null;
      case 1 -> word();
      default -> Base64.getEncoder().encodeToString(bytes(9_000 + random.nextInt(9_000)));
    };
  }

  private Array tags() throws SQLException {
    int size = random.nextInt(4) == 0 ? 600 : random.nextInt(4);
    String[] tags = new String[size];
    for (int i = 0; i < size; i++) {
      tags[i] = size < 10 ? word() : Base64.getEncoder().encodeToString(bytes(12));
    }
    return random.nextInt(6) == 0 ? null : connection.createArrayOf("text", tags);
  }

  private byte[] bytes(int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private void update(String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      statement.executeUpdate();
    }
  }

  /** The rows of a query, as text. */
  static List<List<String>> query(Connection connection, String sql) throws SQLException {
    List<List<String>> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          row.add(result.getString(i));
        }
        rows.add(row);
      }
    }
    return rows;
  }
}
