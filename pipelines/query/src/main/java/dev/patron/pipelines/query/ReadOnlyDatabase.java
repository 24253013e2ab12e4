package dev.patron.pipelines.query;

import dev.patron.pipelines.console.JobException;
import dev.patron.pipelines.console.UsageException;
import dev.patron.pipelines.stages.WarehouseTables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An embedded DuckDB in memory that reads files below one folder and nothing else: no other file,
 * no network, no extension. These settings are locked before the first question; that questions are
 * only questions is seen to before ({@link Question}), so that two walls must fall.
 */
final class ReadOnlyDatabase implements AutoCloseable {
  private final Connection connection;
  private final Path spill;

  private ReadOnlyDatabase(Connection connection, Path spill) {
    this.connection = connection;
    this.spill = spill;
  }

  /**
   * Opens a database.
   *
   * @param warehouse the folder that it may read
   * @param output a file that our own {@code copy} may write; null for none
   */
  static ReadOnlyDatabase open(Path warehouse, @Nullable Path output) {
    Properties settings = new Properties();
    settings.setProperty("autoinstall_known_extensions", "false");
    settings.setProperty("autoload_known_extensions", "false");
    settings.setProperty("allow_community_extensions", "false");
    settings.setProperty("allow_persistent_secrets", "false");
    settings.setProperty("jdbc_stream_results", "true");
    try {
      Path spill = Files.createTempDirectory("patron-sql");
      Connection connection = DriverManager.getConnection("jdbc:duckdb:", settings);
      ReadOnlyDatabase database = new ReadOnlyDatabase(connection, spill);
      WarehouseTables.TIERS.forEach(tier -> database.execute("CREATE SCHEMA " + tier));
      database.execute("SET TimeZone = 'UTC'");
      database.execute("SET temp_directory = " + FilesAsSql.text(spill.toString()));
      // Both what DuckDB is asked for and what it then finds must be allowed.
      String folder = warehouse + "/";
      database.execute(
          "SET allowed_directories = [%s, %s]"
              .formatted(FilesAsSql.text(folder), FilesAsSql.text(FilesAsSql.literally(folder))));
      if (output != null) {
        database.execute("SET allowed_paths = [" + FilesAsSql.text(output.toString()) + "]");
      }
      database.execute("SET enable_external_access = false");
      database.execute("SET lock_configuration = true");
      return database;
    } catch (SQLException e) {
      throw new JobException("DuckDB cannot be started: " + oneLine(e));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a statement of ours. */
  void execute(String statement) {
    try (Statement running = connection.createStatement()) {
      running.execute(statement);
    } catch (SQLException e) {
      throw new JobException(oneLine(e));
    }
  }

  /** The syntax tree of a statement as JSON, or what is wrong with it. */
  String parse(String statement) {
    try (PreparedStatement parsing =
        connection.prepareStatement("SELECT json_serialize_sql(?::VARCHAR)")) {
      parsing.setString(1, statement);
      try (ResultSet tree = parsing.executeQuery()) {
        tree.next();
        return tree.getString(1);
      }
    } catch (SQLException e) {
      throw new UsageException(oneLine(e), e);
    }
  }

  /** What is done with the answer to a question. */
  @FunctionalInterface
  interface Reader {
    void read(ResultSet rows) throws SQLException, IOException;
  }

  /**
   * Asks.
   *
   * @throws UsageException if the question is wrong: it names a column that there is not, say
   * @throws JobException if it cannot be answered: a text that is no number, too little memory
   */
  void ask(String question, Reader reader) throws IOException {
    try (PreparedStatement prepared = prepare(question);
        ResultSet rows = prepared.executeQuery()) {
      reader.read(rows);
    } catch (SQLException e) {
      throw new JobException(oneLine(e));
    }
  }

  /**
   * Runs a copy of ours to the file that was allowed.
   *
   * @throws UsageException as {@link #ask}
   * @throws JobException as {@link #ask}
   */
  void copy(String statement) {
    try (PreparedStatement prepared = prepare(statement)) {
      prepared.execute();
    } catch (SQLException e) {
      throw new JobException(oneLine(e));
    }
  }

  private PreparedStatement prepare(String question) {
    try {
      return connection.prepareStatement(question);
    } catch (SQLException e) {
      throw new UsageException(oneLine(e), e);
    }
  }

  /** DuckDB's message without the picture of the place, on one line. */
  static String oneLine(SQLException e) {
    String message = String.valueOf(e.getMessage()).replaceFirst("^java\\.sql\\.\\w+: ", "");
    int picture = message.indexOf("\n\nLINE ");
    return String.join(
        " ",
        (picture < 0 ? message : message.substring(0, picture))
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .toList());
  }

  @Override
  public void close() {
    try {
      connection.close();
      try (Stream<Path> left = Files.walk(spill)) {
        List<Path> deepestFirst = left.sorted(Comparator.reverseOrder()).toList();
        for (Path path : deepestFirst) {
          Files.delete(path);
        }
      }
    } catch (SQLException e) {
      throw new JobException(oneLine(e));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
