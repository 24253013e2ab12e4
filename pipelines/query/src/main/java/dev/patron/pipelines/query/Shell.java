package dev.patron.pipelines.query;

import dev.patron.features.frame.Schema;
import dev.patron.pipelines.console.Console;
import dev.patron.pipelines.console.JobException;
import dev.patron.pipelines.console.UsageException;
import dev.patron.transforms.lake.LakeException;
import dev.patron.transforms.lake.TableSnapshot;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jline.reader.EOFError;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/**
 * A prompt: questions that end in a semicolon, over several lines if need be, and commands that
 * begin with a backslash, as psql has them. Tab completes words of SQL, tables and columns; what
 * was typed is kept in {@code ~/.patron_sql_history}.
 */
final class Shell {
  private static final String HELP =
      """
      Questions end in a semicolon; silver.books@3 is version 3 of a table.
      \\d           the tables, with their versions and rows
      \\d TABLE     the columns of a table
      \\f FORMAT    answers as table, csv or json
      \\q           leave
      """;

  private final Session session;
  private final Terminal terminal;
  private final LineReader reader;
  private Format format;

  Shell(Session session, Format format, Terminal terminal, Path history) {
    this.session = session;
    this.format = format;
    this.terminal = terminal;
    this.reader =
        LineReaderBuilder.builder()
            .appName("patron")
            .terminal(terminal)
            .parser(new UntilSemicolon())
            .completer(new SqlCompleter(session.views()))
            .variable(LineReader.HISTORY_FILE, history)
            .variable(LineReader.SECONDARY_PROMPT_PATTERN, "   ...> ")
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .option(LineReader.Option.CASE_INSENSITIVE, true)
            .build();
  }

  /** A prompt on the user's own terminal. */
  static Shell open(Session session, Format format, Console console) throws IOException {
    Terminal terminal = TerminalBuilder.builder().system(true).dumb(true).build();
    console.note("Tables: \\d   columns: \\d TABLE   help: \\?   leave: \\q");
    return new Shell(
        session,
        format,
        terminal,
        Path.of(System.getProperty("user.home", "."), ".patron_sql_history"));
  }

  /** Reads and answers until the user leaves. A question that fails does not end it. */
  void run() throws IOException {
    PrintWriter out = terminal.writer();
    try (terminal) {
      while (true) {
        String line = reader.readLine("patron> ").strip();
        if (line.equals("\\q")) {
          return;
        }
        try {
          if (line.startsWith("\\")) {
            obey(line.split("\\s+"), out);
          } else {
            for (String statement : new SqlText(line).statements()) {
              session.answer(statement, format.writer(), out);
            }
          }
        } catch (UsageException | JobException | LakeException e) {
          out.println(e.getMessage());
        }
        out.flush();
      }
    } catch (UserInterruptException | EndOfFileException leaves) {
      // Control-C and Control-D.
    } finally {
      reader.getHistory().save();
    }
  }

  private void obey(String[] words, PrintWriter out) throws IOException {
    String argument = words.length > 1 ? words[1].replaceFirst(";$", "") : "";
    switch (words[0]) {
      case "\\d" -> {
        if (argument.isEmpty()) {
          tables(out);
        } else {
          columns(argument, out);
        }
      }
      case "\\f" -> format = Format.of(argument);
      case "\\?", "\\h" -> out.print(HELP);
      default -> throw new UsageException(words[0] + " is unknown; \\? lists what there is");
    }
  }

  private void tables(PrintWriter out) {
    for (TableSnapshot snapshot : session.views().snapshots()) {
      long rows = snapshot.rows();
      out.printf(
          Locale.ROOT,
          "%-32s version %-5d %12s rows%n",
          WarehouseViews.name(snapshot.table()),
          snapshot.version(),
          rows < 0 ? "?" : Long.toString(rows));
    }
  }

  private void columns(String name, PrintWriter out) throws IOException {
    for (TableSnapshot snapshot : session.views().snapshots()) {
      if (WarehouseViews.name(snapshot.table()).equalsIgnoreCase(name)) {
        for (Schema.Field field : snapshot.schema().fields()) {
          out.printf(Locale.ROOT, "%-32s %s%n", field.name(), field.type());
        }
        return;
      }
    }
    // A version, or a name that is nearly one.
    session.answer("describe " + name, format.writer(), out);
  }

  /** A line is whole when a semicolon ends it, or a backslash begins it. */
  private static final class UntilSemicolon extends DefaultParser {
    UntilSemicolon() {
      setEscapeChars(new char[0]);
      setQuoteChars(new char[0]);
    }

    @Override
    public ParsedLine parse(String line, int cursor, ParseContext context) {
      if (context == ParseContext.ACCEPT_LINE
          && !line.strip().startsWith("\\")
          && !new SqlText(line).isComplete()) {
        throw new EOFError(-1, cursor, "a semicolon ends a question");
      }
      return super.parse(line, cursor, context);
    }

    @Override
    public boolean isDelimiterChar(CharSequence line, int at) {
      return SqlCompleter.separates(line.charAt(at));
    }
  }

  /** The words of a line that is being typed; for tests of what completes them. */
  static List<String> words(String line) {
    return new ArrayList<>(
        new UntilSemicolon()
            .parse(line, line.length(), org.jline.reader.Parser.ParseContext.COMPLETE)
            .words());
  }
}
