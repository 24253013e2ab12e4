package dev.patron.pipelines.stages;

import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.pipelines.console.UsageException;
import dev.patron.transforms.lake.TableScan;
import dev.patron.transforms.lake.TableSnapshot;
import dev.patron.transforms.read.SourceFile;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How far the files of each table have been read: the table {@code ops/sources}, one row a table
 * and file. It changes in the same decision as bronze, so that a record is read once, whatever
 * happens; and it says which dataset's warehouse this is.
 */
final class SourceProgress {
  /** The table's name. */
  static final String TABLE = "ops/sources";

  /** The table property that says whose warehouse it is: the dataset's name. */
  private static final String DATASET = "patron.dataset";

  private static final Schema SCHEMA =
      Schema.of()
          .with("table_name", Type.STRING)
          .with("file", Type.STRING)
          .with("records", Type.LONG)
          .with("bytes", Type.LONG)
          .with("modified", Type.LONG)
          .with("unfinished", Type.LONG);

  /**
   * @param unfinished how many bytes of the record behind these were all that the file had of it
   * @param bytes how long the file was then; -1 is not known
   * @param modified when it had last changed, in milliseconds since the epoch
   */
  private record Read(long records, long unfinished, long bytes, long modified) {
    static final Read NOTHING = new Read(0, 0, -1, -1);
  }

  /** By table and file. */
  private final Map<String, Map<String, Read>> read = new TreeMap<>();

  private final String dataset;

  private SourceProgress(String dataset) {
    this.dataset = dataset;
  }

  /** What the warehouse knows. */
  static SourceProgress of(Job job) {
    SourceProgress progress = new SourceProgress(job.dataset().name());
    TableSnapshot known = job.latest(TABLE);
    if (known == null) {
      return progress;
    }
    List<String> columns = SCHEMA.names().stream().filter(known.schema()::has).toList();
    for (Frame stored : TableScan.of(known, columns)) {
      Frame frame = stored.conform(SCHEMA);
      BytesColumn tables = frame.bytes("table_name");
      BytesColumn files = frame.bytes("file");
      LongColumn records = frame.longs("records");
      LongColumn unfinished = frame.longs("unfinished");
      LongColumn bytes = frame.longs("bytes");
      LongColumn modified = frame.longs("modified");
      for (int row = 0; row < frame.rows(); row++) {
        progress
            .of(tables.text(row))
            .put(
                files.text(row),
                new Read(
                    records.get(row),
                    unfinished.isNull(row) ? 0 : unfinished.get(row),
                    bytes.isNull(row) ? -1 : bytes.get(row),
                    modified.isNull(row) ? -1 : modified.get(row)));
      }
    }
    return progress;
  }

  /**
   * Refuses a warehouse that another dataset was read into: the tables of one would be taken for
   * those of the other.
   *
   * @throws UsageException if it is another's
   */
  static void checkOwner(Job job) {
    TableSnapshot known = job.latest(TABLE);
    String owner = known == null ? null : known.properties().get(DATASET);
    if (owner != null && !owner.equals(job.dataset().name())) {
      throw new UsageException(
          "the warehouse %s is of the dataset '%s', not of '%s': name that dataset's file with"
                  .formatted(job.warehouse(), owner, job.dataset().name())
              + " --dataset, or another --warehouse");
    }
  }

  /** What is to be known from now on. */
  void overwriteIn(Changes changes) {
    changes.overwrite(TABLE, toFrame(), Map.of(DATASET, dataset));
  }

  private Map<String, Read> of(String table) {
    return read.computeIfAbsent(table, any -> new TreeMap<>());
  }

  /** These files, each to be read behind what the table has read of it. */
  List<SourceFile> resume(String table, List<SourceFile> files) {
    Map<String, Read> known = of(table);
    return files.stream()
        .map(
            file -> {
              Read before = known.getOrDefault(file.path(), Read.NOTHING);
              return file.resumeAfter(before.records(), before.unfinished());
            })
        .toList();
  }

  /**
   * Whether a file is as it was when the table read it. One that broke off is not tried again
   * before it changes, or else every increment would refuse it once more.
   */
  boolean isDone(String table, SourceFile file) {
    Read known = of(table).getOrDefault(file.path(), Read.NOTHING);
    return known.bytes() == file.size() && known.modified() == file.modified();
  }

  /** The table has read so much of this file now. */
  void advance(String table, SourceFile file) {
    of(table)
        .put(file.path(), new Read(file.after(), file.unfinished(), file.size(), file.modified()));
  }

  private Frame toFrame() {
    FrameBuilder rows = new FrameBuilder(SCHEMA);
    read.forEach(
        (table, files) ->
            files.forEach(
                (file, known) -> {
                  rows.bytes("table_name").append(table);
                  rows.bytes("file").append(file);
                  rows.longs("records").append(known.records());
                  rows.longs("unfinished").append(known.unfinished());
                  rows.longs("bytes").append(known.bytes());
                  rows.longs("modified").append(known.modified());
                }));
    return rows.build();
  }
}
