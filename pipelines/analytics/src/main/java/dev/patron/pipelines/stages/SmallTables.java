package dev.patron.pipelines.stages;

import dev.patron.features.frame.Frame;
import dev.patron.transforms.lake.Commit;
import dev.patron.transforms.lake.DataFile;
import dev.patron.transforms.lake.DataFileWriter;
import dev.patron.transforms.lake.LakeTable;
import java.util.List;
import java.util.Map;

/** Tables of a few rows, which the driver writes itself. */
final class SmallTables {
  private SmallTables() {}

  /** Makes the table hold these rows and nothing else. */
  static void overwrite(Job job, String name, Frame rows) {
    LakeTable table = job.table(name);
    List<DataFile> files =
        rows.rows() == 0
            ? List.of()
            : List.of(DataFileWriter.write(table, rows.schema(), Map.of(), List.of(rows)));
    table.commit(Commit.overwrite(rows.schema(), files));
  }
}
