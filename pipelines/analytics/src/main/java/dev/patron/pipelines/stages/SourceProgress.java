package dev.patron.pipelines.stages;

import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.transforms.lake.TableScan;
import dev.patron.transforms.lake.TableSnapshot;
import dev.patron.transforms.read.SourceFile;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How far the files of each table have been read: the table {@code ops/sources}, one row a table
 * and file. It changes in the same decision as bronze, so that a record is read once, whatever
 * happens.
 */
final class SourceProgress {
  /** The table's name. */
  static final String TABLE = "ops/sources";

  private static final Schema SCHEMA =
      Schema.of()
          .with("table_name", Type.STRING)
          .with("file", Type.STRING)
          .with("records", Type.LONG);

  /** By table and file. */
  private final Map<String, Map<String, Long>> read = new TreeMap<>();

  private SourceProgress() {}

  /** What the warehouse knows. */
  static SourceProgress of(Job job) {
    SourceProgress progress = new SourceProgress();
    TableSnapshot known = job.latest(TABLE);
    if (known == null) {
      return progress;
    }
    for (Frame frame : TableScan.of(known, SCHEMA.names())) {
      BytesColumn tables = frame.bytes("table_name");
      BytesColumn files = frame.bytes("file");
      LongColumn records = frame.longs("records");
      for (int row = 0; row < frame.rows(); row++) {
        progress.of(tables.text(row)).put(files.text(row), records.get(row));
      }
    }
    return progress;
  }

  private Map<String, Long> of(String table) {
    return read.computeIfAbsent(table, any -> new TreeMap<>());
  }

  /** These files, each to be read behind what the table has read of it. */
  List<SourceFile> resume(String table, List<SourceFile> files) {
    Map<String, Long> known = of(table);
    return files.stream()
        .map(file -> file.resumeAfter(known.getOrDefault(file.path(), 0L)))
        .toList();
  }

  /** The table has read so much of this file now. */
  void advance(String table, SourceFile file) {
    of(table).put(file.path(), file.after());
  }

  /** The rows of the table. */
  Frame toFrame() {
    FrameBuilder rows = new FrameBuilder(SCHEMA);
    read.forEach(
        (table, files) ->
            files.forEach(
                (file, records) -> {
                  rows.bytes("table_name").append(table);
                  rows.bytes("file").append(file);
                  rows.longs("records").append(records);
                }));
    return rows.build();
  }
}
