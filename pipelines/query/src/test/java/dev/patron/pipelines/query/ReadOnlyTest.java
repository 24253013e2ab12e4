package dev.patron.pipelines.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.patron.pipelines.console.JobException;
import dev.patron.pipelines.console.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attempts to do more than ask, each of which must fail at both walls and leave no trace. */
class ReadOnlyTest {
  @TempDir private Path folder;
  private Path warehouse;
  private Path secret;
  private ReadOnlyDatabase database;
  private Session session;

  @BeforeEach
  void open() throws IOException {
    warehouse = Files.createDirectory(folder.resolve("warehouse"));
    Shop.write(warehouse);
    secret = Files.writeString(folder.resolve("secret.csv"), "password\nhunter2\n");
    warehouse = warehouse.toRealPath();
    database = ReadOnlyDatabase.open(warehouse, null);
    session = new Session(database, warehouse.toString());
    session.answer("select count(*) from silver.orders", new CsvAnswer(), new StringBuilder());
  }

  @AfterEach
  void close() {
    database.close();
  }

  private List<String> attempts() {
    String own = "'" + folder.resolve("written") + "'";
    String inside = "'" + warehouse.resolve("silver/orders/written") + "'";
    String around = "'" + warehouse + "/../secret.csv'";
    String read = "'" + secret + "'";
    List<String> attempts = new ArrayList<>();
    for (String to : List.of(own, inside)) {
      attempts.add("copy (select 1) to " + to);
      attempts.add("copy silver.orders to " + to + " (format parquet)");
      attempts.add("export database " + to);
      attempts.add("attach " + to + " as other");
      attempts.add("explain analyze copy (select 1) to " + to);
      attempts.add("/* x */ explain analyze copy (select 1) to " + to);
      attempts.add("select * from query('copy (select 1) to '" + to + "'')");
      attempts.add("select * from enable_logging(storage = 'file', storage_path = " + to + ")");
      attempts.add("call enable_logging(storage = 'file', storage_path = " + to + ")");
      attempts.add("set temp_directory = " + to);
      attempts.add("pragma enable_profiling = 'json'");
      attempts.add("set profiling_output = " + to);
      attempts.add("set log_query_path = " + to);
      attempts.add("create secret s (type s3, key_id 'a', secret 'b')");
      attempts.add("select 1; copy (select 1) to " + to);
      attempts.add("with a as (select 1) insert into silver.orders from a");
      attempts.add("with a as (copy (select 1) to " + to + ") select * from a");
    }
    for (String from : List.of(read, around, "'/etc/passwd'", "'file:///etc/passwd'")) {
      attempts.add("from " + from);
      attempts.add("from read_csv(" + from + ")");
      attempts.add("from read_csv_auto(" + from + ")");
      attempts.add("from read_text(" + from + ")");
      attempts.add("from read_blob(" + from + ")");
      attempts.add("from read_json(" + from + ")");
      attempts.add("from read_ndjson_objects(" + from + ")");
      attempts.add("from read_parquet(" + from + ")");
      attempts.add("from parquet_metadata(" + from + ")");
      attempts.add("from sniff_csv(" + from + ")");
      attempts.add("from glob(" + from + ")");
      attempts.add("select (select content from read_text(" + from + "))");
      attempts.add("with a as (from read_text(" + from + ")) from a");
      attempts.add("select 1 where exists (from read_text(" + from + "))");
      attempts.add("from query_table(" + from + ")");
      attempts.add("from query('from ' || " + from + ")");
      attempts.add("describe from read_csv(" + from + ")");
      attempts.add("summarize from read_csv(" + from + ")");
      attempts.add("explain analyze from read_csv(" + from + ")");
      attempts.add("import database " + from);
      attempts.add("attach " + from + " as other (read_only)");
      attempts.add("create table t as from read_csv(" + from + ")");
      attempts.add("prepare p as from read_csv(" + from + ")");
    }
    attempts.addAll(
        List.of(
            "from read_csv('http://127.0.0.1:9/x')",
            "from 'http://127.0.0.1:9/x.parquet'",
            "from 's3://bucket/x.parquet'",
            "install httpfs",
            "load httpfs",
            "force install httpfs from 'http://127.0.0.1:9'",
            "load '/tmp/evil.duckdb_extension'",
            "set enable_external_access = true",
            "set global enable_external_access = true",
            "reset enable_external_access",
            "set allowed_directories = ['/']",
            "set allowed_paths = ['/etc/passwd']",
            "set lock_configuration = false",
            "set autoinstall_known_extensions = true",
            "set allow_unsigned_extensions = true",
            "set custom_extension_repository = 'http://127.0.0.1:9'",
            "set home_directory = '/'",
            "set file_search_path = '/etc'",
            "set memory_limit = '1TB'",
            "pragma memory_limit = '1TB'",
            "insert into silver.orders select * from silver.orders",
            "insert into silver.orders default values returning *",
            "update silver.orders set total = 0",
            "delete from silver.orders",
            "truncate silver.orders",
            "merge into silver.orders using silver.books on true when matched then delete",
            "drop view silver.orders",
            "drop schema silver cascade",
            "alter view silver.orders rename to x",
            "create or replace view silver.orders as select 1",
            "create temp table t as select 1",
            "create table t (a int)",
            "create macro f(a) as a",
            "create macro f(a) as table select 1",
            "create function f(a) as a",
            "create sequence s",
            "create type t as int",
            "create schema s",
            "create index i on silver.orders(order_id)",
            "comment on view silver.orders is 'x'",
            "begin transaction",
            "commit",
            "checkpoint",
            "force checkpoint",
            "vacuum",
            "analyze",
            "use silver",
            "detach memory",
            "set variable a = 1",
            "call pragma_version()",
            "execute p",
            "deallocate p",
            "from json_execute_serialized_sql(json_serialize_sql('select 1'))",
            "from query('select 1')",
            "from arrow_scan(1, 2, 3)",
            "from seq_scan('x')",
            "from force_checkpoint()",
            "select * from copy_database('a', 'b')",
            "from duckdb_secrets() union all from read_text('/etc/passwd')"));
    return attempts;
  }

  @Test
  void nothingButQuestionsIsAnswered() throws IOException {
    SortedMap<String, Long> before = files();
    List<String> attempts = attempts();
    assertThat(attempts).hasSizeGreaterThan(150);
    for (String attempt : attempts) {
      StringBuilder answer = new StringBuilder();
      try {
        for (String statement : new SqlText(attempt).statements()) {
          session.answer(statement, new CsvAnswer(), answer);
        }
        fail("was answered: " + attempt + "\n" + answer);
      } catch (UsageException e) {
        assertThat(e.getMessage()).as(attempt).doesNotContain("\n");
      }
      assertThat(answer.toString()).as(attempt).doesNotContain("hunter2", "root:");
    }
    assertThat(files()).isEqualTo(before);
    StringBuilder still = new StringBuilder();
    session.answer("select count(*) as n from silver.orders", new CsvAnswer(), still);
    assertThat(still).hasToString("n\n3\n");
  }

  /** What the first wall would have let through, the second holds: files outside are closed. */
  @Test
  void theDatabaseItselfReadsNoOtherFileAndKeepsItsSettings() throws IOException {
    SortedMap<String, Long> before = files();
    for (String attempt : attempts()) {
      boolean reads = attempt.contains("from read_") || attempt.contains("glob(");
      boolean sets = attempt.startsWith("set ") && !attempt.startsWith("set variable");
      boolean loads = attempt.contains("install") || attempt.startsWith("load");
      if ((reads && !attempt.startsWith("prepare")) || sets || loads) {
        assertThatThrownBy(
                () ->
                    database.ask(attempt, rows -> new CsvAnswer().write(rows, new StringBuilder())))
            .as(attempt)
            .isInstanceOfAny(UsageException.class, JobException.class);
      }
    }
    assertThat(files()).isEqualTo(before);
  }

  private SortedMap<String, Long> files() throws IOException {
    SortedMap<String, Long> sizes = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(folder)) {
      for (Path path : walk.filter(Files::isRegularFile).toList()) {
        sizes.put(folder.relativize(path).toString(), Files.size(path));
      }
    }
    return sizes;
  }
}
