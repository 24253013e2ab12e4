package dev.patron.pipelines.stages;

import dev.patron.features.frame.Schema;
import dev.patron.pipelines.dataset.Dataset;
import dev.patron.transforms.lake.Commit;
import dev.patron.transforms.lake.DataFile;
import dev.patron.transforms.lake.DataFileWriter;
import dev.patron.transforms.lake.TableFiles;
import dev.patron.transforms.lake.TableScan;
import dev.patron.transforms.lake.TableSnapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Joins the small files that increments leave in bronze, so that the number of files stays bounded
 * however long a stream runs. The rows stay what they are; the files that are no more are removed
 * in the commit that adds the joined ones.
 */
public final class Compact {
  /** So many small files of a partition are joined. */
  static final int MOST_SMALL = 64;

  private static final long SMALL_BYTES = 8L << 20;

  private Compact() {}

  /** Joins where there are many. */
  public static void run(Job job) {
    Changes changes = new Changes(job);
    for (Dataset.Table table : job.dataset().tables()) {
      TableSnapshot bronze = job.latest(Ingest.bronze(table.name()));
      if (bronze != null) {
        small(bronze).values().stream()
            .filter(files -> files.size() >= MOST_SMALL)
            .forEach(files -> join(bronze, files, changes));
      }
    }
    changes.decide("compact");
  }

  private static Map<Map<String, @Nullable String>, List<DataFile>> small(TableSnapshot table) {
    Map<Map<String, @Nullable String>, List<DataFile>> small = new LinkedHashMap<>();
    for (DataFile file : table.files()) {
      if (file.bytes() < SMALL_BYTES) {
        small.computeIfAbsent(file.partition(), any -> new ArrayList<>()).add(file);
      }
    }
    return small;
  }

  private static void join(TableSnapshot bronze, List<DataFile> files, Changes changes) {
    Map<String, @Nullable String> partition = files.get(0).partition();
    Schema schema = bronze.schema();
    List<String> columns =
        schema.names().stream().filter(name -> !partition.containsKey(name)).toList();
    TableFiles part = new TableFiles(bronze.table(), schema, bronze.partitionColumns(), files);
    DataFile joined =
        DataFileWriter.write(bronze.table(), schema, partition, TableScan.of(part, columns));
    changes.commit(bronze.table().name(), Commit.replace(schema, files, List.of(joined)));
  }
}
