package dev.patron.transforms.read;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.ColumnBuilder;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.record.BronzeFrames;
import dev.patron.features.record.FittedRows;
import dev.patron.features.record.Reason;
import dev.patron.features.record.RecordSplitter;
import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.TableDefinition.Format;
import dev.patron.features.tables.TableDefinition.Format.Kind;
import dev.patron.features.tables.Tables;
import dev.patron.transforms.parquet.HadoopFiles;
import dev.patron.transforms.parquet.ParquetFrames;
import dev.patron.transforms.parquet.UnreadableFileException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads one file into the bronze frames of its tables. A file that is {@link Damage damaged} gives
 * what could be read of it and one more row that says what is lost, for the quarantine; trying
 * again would break off at the same place for ever. One that cannot be reached ends the reading.
 */
final class FileRecords {
  private static final int BUFFER_BYTES = 1 << 16;

  private final List<TableDefinition> tables;
  private final @Nullable Schema wanted;
  private final BronzeFrames.Sink sink;

  /**
   * For the tables that a file's records belong to.
   *
   * @param wanted the columns to read of a Parquet file; null: its own
   */
  FileRecords(List<TableDefinition> tables, @Nullable Schema wanted, BronzeFrames.Sink sink) {
    this.tables = tables;
    this.wanted = wanted;
    this.sink = sink;
  }

  /** Reads a file, from where it was left; returns it as it is left now. */
  SourceFile read(SourceFile file) {
    if (tables.get(0).format().kind() == Kind.PARQUET) {
      return file.resumeAfter(Math.max(file.after(), parquet(file)));
    }
    return text(file, file.path(), 0, false);
  }

  /** Reads pages that were fetched. */
  void read(StagedPages pages) {
    text(SourceFile.whole(pages.path(), 0, 0, pages.group()), pages.name(), pages.before(), true);
  }

  // ---- Text

  /**
   * @param name what rows call the file
   * @param linesBefore how many lines there are before those of the file
   * @param ours whether we wrote the file: then it can be read, or something is broken
   */
  private SourceFile text(SourceFile file, String name, long linesBefore, boolean ours) {
    BronzeFrames bronze = new BronzeFrames(tables, sink);
    TextSink records = new TextSink(file, name, linesBefore, bronze);
    Format format = tables.get(0).format();
    RecordSplitter splitter =
        format.kind() == Kind.CSV
            ? RecordSplitter.csv(format.delimiter(), records)
            : RecordSplitter.lines(records);
    long complete;
    long unfinished = 0;
    try (InputStream in = open(file.path())) {
      byte[] buffer = new byte[BUFFER_BYTES];
      boolean atStart = true;
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        if (atStart && isUtf16(buffer, count)) {
          throw new IOException("it is UTF-16; convert it to UTF-8");
        }
        atStart = false;
        splitter.accept(buffer, 0, count);
      }
      // Whoever writes the file may be in the middle of a line.
      long before = records.count;
      unfinished = records.isAtHeader() ? 0 : splitter.unfinished();
      splitter.finish();
      if (records.hasHeaderOfReturns()) {
        throw new IOException("its lines end with CR alone; convert them to LF");
      }
      complete = unfinished > 0 ? before : records.count;
    } catch (IOException e) {
      if (ours || !Damage.isOf(file.path(), e)) {
        throw new UncheckedIOException(
            file.path() + (ours ? " cannot be read back" : " cannot be read"), e);
      }
      complete = records.count;
      bronze.loss(name, lost(inFolder(name), records.count, e), splitter.rest());
    }
    bronze.flush();
    return complete < file.after() ? file : file.resumeAfter(complete, unfinished);
  }

  /** Whether a byte order mark says so; UTF-8 has neither of these bytes. */
  static boolean isUtf16(byte[] start, int length) {
    int mark = length < 2 ? 0 : (start[0] & 0xff) << 8 | (start[1] & 0xff);
    return mark == 0xfffe || mark == 0xfeff;
  }

  private InputStream open(String file) throws IOException {
    Path path = HadoopFiles.path(file);
    InputStream in = path.getFileSystem(HadoopFiles.configuration()).open(path);
    try {
      return file.endsWith(".gz") ? new GZIPInputStream(in, BUFFER_BYTES) : in;
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  /**
   * What a file is called in its folder: a fault says the same wherever the file lies, as all that
   * the digests of tables cover does. The whole path is in {@code _file} beside it.
   */
  private static String inFolder(String file) {
    return file.substring(file.lastIndexOf('/') + 1);
  }

  private static String lost(String file, long records, IOException e) {
    String cause = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return "%s cannot be read beyond record %d: %s"
        .formatted(file, records, cause.lines().findFirst().orElse(cause));
  }

  /** Counts records, and knows the header they stand under. */
  private static final class TextSink implements RecordSplitter.Sink {
    private final SourceFile file;
    private final String name;
    private final long linesBefore;
    private final BronzeFrames bronze;
    private final boolean hasHeader;
    private byte @Nullable [] header;
    private long count;

    private TextSink(SourceFile file, String name, long linesBefore, BronzeFrames bronze) {
      this.file = file;
      this.name = name;
      this.linesBefore = linesBefore;
      this.bronze = bronze;
      this.hasHeader = bronze.kind() == Kind.CSV;
    }

    private boolean isAtHeader() {
      return hasHeader && header == null;
    }

    /** Whether the header holds line ends of old, and so perhaps the whole file. */
    private boolean hasHeaderOfReturns() {
      byte[] found = header;
      for (int at = 0; found != null && at + 1 < found.length; at++) {
        if (found[at] == '\r' && found[at + 1] != '\n') {
          return true;
        }
      }
      return false;
    }

    @Override
    public void record(long line, byte[] bytes, int from, int to, @Nullable String fault) {
      if (isAtHeader()) {
        // Blank lines above the header are nobody's records.
        if (to > from) {
          header = Arrays.copyOfRange(bytes, from, to);
        }
        return;
      }
      count++;
      boolean asBefore =
          count == file.after() + 1 && file.unfinished() > 0 && to - from == file.unfinished();
      if (count > file.after() && !asBefore) {
        bronze.line(name, linesBefore + line, bytes, from, to, header, fault);
      }
    }
  }

  // ---- Parquet

  /** How many rows could be read, those that were read before included. */
  private long parquet(SourceFile file) {
    Path path = HadoopFiles.path(file.path());
    Schema columns = wanted == null ? Schema.of() : wanted;
    RowCount rows = new RowCount();
    try {
      ParquetFrames.Footer footer =
          ParquetFrames.footer(path, HadoopFiles.configuration(), columns);
      if (wanted == null) {
        columns = footer.columns();
      }
      Schema declared = tables.get(0).declared();
      FittedRows fitted =
          new FittedRows(
              footer.columns(), footer.whole(), columns, declared == null ? Schema.of() : declared);
      ParquetFrames.read(
          path,
          HadoopFiles.configuration(),
          fitted.reading(),
          frame -> parquet(file, rows, fitted.wanted(), fitted.fit(frame)));
    } catch (UnreadableFileException e) {
      if (!Damage.isOf(file.path(), e)) {
        throw new UncheckedIOException(e);
      }
      String why = String.valueOf(e.getMessage()).replace(file.path(), inFolder(file.path()));
      String detail = why + "; rows read before: " + rows.count;
      sink.frame(0, new ParquetBronze(file.path(), columns).loss(Reason.MALFORMED.fault(detail)));
    }
    return rows.count;
  }

  private void parquet(SourceFile file, RowCount rows, Schema columns, Frame frame) {
    long first = rows.count;
    rows.count += frame.rows();
    int skipped = (int) Math.max(0, Math.min(frame.rows(), file.after() - first));
    if (skipped < frame.rows()) {
      ParquetBronze bronze = new ParquetBronze(file.path(), columns);
      sink.frame(0, bronze.rows(frame.slice(skipped, frame.rows()), first + skipped + 1));
    }
  }

  private static final class RowCount {
    private long count;
  }

  /** The columns that say where a row of a Parquet file comes from. */
  private record ParquetBronze(String file, Schema columns) {

    /**
     * Rows, the first of which has this number in the file. They may have columns of bronze's own
     * already.
     */
    private Frame rows(Frame own, long first) {
      return with(own, first, null);
    }

    /** One row without values that says what is lost. */
    private Frame loss(String fault) {
      Frame none = Frame.empty(columns);
      Frame one = columns.size() == 0 ? none : none.take(new int[] {-1});
      return with(one, -1, fault);
    }

    private Frame with(Frame own, long first, @Nullable String fault) {
      int count = fault == null ? own.rows() : 1;
      byte[] name = file.getBytes(UTF_8);
      Frame result = own.select(columns.names());
      for (Schema.Field field : Tables.BRONZE.fields()) {
        if (own.schema().has(field.name())) {
          result = result.with(field.name(), field.type(), own.column(field.name()));
          continue;
        }
        ColumnBuilder column = ColumnBuilder.of(field.type());
        switch (field.name()) {
          case "_source", "_file" -> repeat((BytesColumn.Builder) column, name, count);
          case "_partition" -> count((LongColumn.Builder) column, 0, 0, count);
          case "_offset" -> {
            if (first < 0) {
              nulls(column, count);
            } else {
              count((LongColumn.Builder) column, first, 1, count);
            }
          }
          case "_fault" -> {
            if (fault == null) {
              nulls(column, count);
            } else {
              repeat((BytesColumn.Builder) column, fault.getBytes(UTF_8), count);
            }
          }
          default -> nulls(column, count);
        }
        result = result.with(field.name(), field.type(), column.build());
      }
      return result;
    }

    private static void repeat(BytesColumn.Builder column, byte[] text, int count) {
      for (int row = 0; row < count; row++) {
        column.append(text, 0, text.length);
      }
    }

    private static void count(LongColumn.Builder column, long first, long step, int count) {
      for (int row = 0; row < count; row++) {
        column.append(first + row * step);
      }
    }

    private static void nulls(ColumnBuilder column, int count) {
      for (int row = 0; row < count; row++) {
        column.appendNull();
      }
    }
  }
}
