package dev.patron.pipelines.query;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.patron.pipelines.commands.WarehousePlace;
import dev.patron.pipelines.console.Console;
import dev.patron.pipelines.console.UsageException;
import dev.patron.pipelines.stages.WarehouseTables;
import dev.patron.transforms.parquet.HadoopFiles;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code sql}: questions about the tables of a warehouse. A wrong question is wrong usage (status
 * 2); one that fails while it is answered is a failed job (status 1).
 */
final class Sql {
  private static final Pattern URI = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:/.*");
  private static final int BUFFER = 1 << 16;

  private Sql() {}

  /**
   * Answers what is asked by option, file or stdin, or opens a prompt where the launcher says that
   * somebody types and looks on.
   */
  static void run(SqlOptions options, Console console) throws IOException {
    run(options, console, System.in, Boolean.getBoolean("patron.prompt"));
  }

  static void run(SqlOptions options, Console console, InputStream stdin, boolean terminal)
      throws IOException {
    Path warehouse = warehouse(options);
    Output output = Output.of(options, warehouse);
    String asked = asked(options, stdin, terminal);
    Path partial = output.partial();
    try (ReadOnlyDatabase database = ReadOnlyDatabase.open(warehouse, partial)) {
      Session session = new Session(database, warehouse.toString());
      if (asked == null) {
        output.refuseFile("a prompt writes to the terminal");
        Shell.open(session, output.format(), console).run();
        return;
      }
      List<String> statements = new SqlText(asked).statements();
      if (statements.isEmpty()) {
        throw new UsageException("there is no question; ./patron sql \"select ...\" asks one");
      }
      if (partial == null) {
        answer(session, statements, output.format().writer(), console.out());
      } else if (statements.size() == 1) {
        answer(session, statements.get(0), output, partial);
      } else {
        output.refuseFile("it takes the answer of one question, and here are several");
      }
    }
  }

  private static Path warehouse(SqlOptions options) throws IOException {
    String place = WarehousePlace.of(options);
    if (URI.matcher(place).matches() && !place.startsWith("file:/")) {
      throw new UsageException(
          "sql reads warehouses on this machine's disks; for %s use the SQL of your cluster"
              .formatted(place));
    }
    // As every other command takes it: in a file: URI no character is escaped.
    Path folder = Path.of(HadoopFiles.display(HadoopFiles.path(place)));
    if (!Files.isDirectory(folder) || WarehouseTables.folders(folder.toString()).isEmpty()) {
      throw new UsageException("there are no tables in " + place + "; name a --warehouse=PATH");
    }
    return folder.toRealPath();
  }

  /** The text of the questions; null if they are to be typed. */
  private static @Nullable String asked(SqlOptions options, InputStream stdin, boolean terminal)
      throws IOException {
    String query = options.getQuery();
    String file = options.getFile();
    if (query != null && file != null) {
      throw new UsageException("a question and --file=" + file + " were given; give one of them");
    }
    if (query != null) {
      return query;
    }
    if (file != null) {
      try {
        return Files.readString(Path.of(file));
      } catch (NoSuchFileException | InvalidPathException e) {
        throw new UsageException("--file=" + file + ": there is no such file", e);
      } catch (IOException e) {
        throw new UsageException("--file=" + file + " cannot be read as UTF-8 text", e);
      }
    }
    return terminal ? null : new String(stdin.readAllBytes(), UTF_8);
  }

  private static void answer(
      Session session, List<String> statements, ResultWriter writer, PrintStream stdout)
      throws IOException {
    try (Writer out = buffered(new Pipe(stdout))) {
      for (String statement : statements) {
        session.answer(statement, writer, out);
        out.flush();
      }
    } catch (BrokenPipe nobodyReadsOn) {
      // As head does; what it wanted, it has.
    }
  }

  private static void answer(Session session, String statement, Output output, Path partial)
      throws IOException {
    try {
      output.begin(partial);
      if (output.format() == Format.PARQUET) {
        session.answerAsParquet(statement, partial);
      } else {
        try (Writer out = buffered(Files.newOutputStream(partial))) {
          session.answer(statement, output.format().writer(), out);
        }
      }
      output.complete(partial);
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  private static Writer buffered(OutputStream out) {
    return new BufferedWriter(new OutputStreamWriter(out, UTF_8), BUFFER);
  }

  /**
   * Where and how answers are written.
   *
   * @param file null for stdout
   */
  private record Output(Format format, @Nullable Path file) {

    static Output of(SqlOptions options, Path warehouse) throws IOException {
      String named = options.getOutput();
      String word = options.getFormat();
      Format format =
          word != null
              ? Format.of(word)
              : named == null ? Format.TABLE : Format.ofFile(Path.of(named));
      if (named == null) {
        format.writer(); // refuses what stdout cannot take before anything is started
        return new Output(format, null);
      }
      Path file = Path.of(named).toAbsolutePath().normalize();
      Path folder = file.getParent();
      if (folder == null || !Files.isDirectory(folder)) {
        throw new UsageException("--output=" + named + ": there is no such folder");
      }
      if (Files.isDirectory(file)) {
        throw new UsageException("--output=" + named + " is a folder; name a file");
      }
      folder = folder.toRealPath();
      if (folder.startsWith(warehouse)) {
        throw new UsageException(
            "--output=" + named + " is in the warehouse, which sql does not write to");
      }
      return new Output(format, folder.resolve(file.getFileName()));
    }

    void refuseFile(String why) {
      if (file != null) {
        throw new UsageException("--output=" + file + ": " + why);
      }
    }

    /** A name beside the file, for as long as the answer is not whole. */
    @Nullable Path partial() {
      return file == null
          ? null
          : file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID() + ".tmp");
    }

    void begin(Path partial) throws IOException {
      try {
        Files.createFile(partial);
      } catch (FileSystemException e) {
        // Whose text names a file that nobody asked for.
        throw new UsageException(
            "--output=" + file + ": no file can be made there; name another", e);
      }
    }

    void complete(Path partial) throws IOException {
      if (file != null) {
        Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private static final class BrokenPipe extends IOException {
    private static final long serialVersionUID = 1;
  }

  /** A stream that says when nobody reads it any more, which {@link PrintStream} keeps quiet. */
  private static final class Pipe extends OutputStream {
    private final PrintStream out;

    Pipe(PrintStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      out.write(bytes, from, length);
      if (out.checkError()) {
        throw new BrokenPipe();
      }
    }
  }
}
