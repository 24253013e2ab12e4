package dev.patron.transforms.lake;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Joins the small files that many increments leave in a table, so that the number of files stays
 * bounded. The rows stay what they are, and so does what the files' names say of them.
 */
public final class SmallFiles {
  private static final long SMALL_BYTES = 8L << 20;

  /** A joined file has about so many bytes, and as many are written at once as there are cores. */
  private static final long JOINED_BYTES = 64L << 20;

  private SmallFiles() {}

  /** Files whose rows may lie in one. */
  private record Kind(Map<String, @Nullable String> partition, String prefix) {}

  /** Files of a kind that become one. */
  private record Portion(Kind kind, List<DataFile> files) {}

  /**
   * Writes joined files where there are many small ones of a kind, and gives the change that puts
   * them in their place; nothing where there are few.
   *
   * @param most so many small files of a kind are left alone
   */
  public static Optional<Commit> join(TableSnapshot table, int most) {
    return join(table, most, JOINED_BYTES);
  }

  static Optional<Commit> join(TableSnapshot table, int most, long joinedBytes) {
    Map<Kind, List<DataFile>> small = new LinkedHashMap<>();
    for (DataFile file : table.files()) {
      if (file.bytes() < SMALL_BYTES) {
        small
            .computeIfAbsent(
                new Kind(file.partition(), Bucketed.prefix(file)), any -> new ArrayList<>())
            .add(file);
      }
    }
    List<Portion> portions = new ArrayList<>();
    small.forEach(
        (kind, files) -> {
          if (files.size() > most) {
            portions.addAll(portions(kind, files, joinedBytes));
          }
        });
    if (portions.isEmpty()) {
      return Optional.empty();
    }
    List<DataFile> removed = new ArrayList<>();
    List<Callable<DataFile>> joins = new ArrayList<>();
    for (Portion portion : portions) {
      removed.addAll(portion.files);
      joins.add(() -> join(table, portion.kind, portion.files));
    }
    List<DataFile> added =
        Concurrently.all(table.table(), "its small files cannot be joined", joins);
    return Optional.of(Commit.rearrange(table.schema(), removed, added));
  }

  private static List<Portion> portions(Kind kind, List<DataFile> files, long joinedBytes) {
    List<Portion> portions = new ArrayList<>();
    long room = 0;
    for (DataFile file : files) {
      if (room <= 0) {
        portions.add(new Portion(kind, new ArrayList<>()));
        room = joinedBytes;
      }
      portions.get(portions.size() - 1).files.add(file);
      room -= file.bytes();
    }
    // What is left over waits for others.
    portions.removeIf(portion -> portion.files.size() == 1);
    return portions;
  }

  private static DataFile join(TableSnapshot table, Kind kind, List<DataFile> files) {
    Schema schema = table.schema();
    List<String> columns =
        schema.names().stream().filter(name -> !kind.partition().containsKey(name)).toList();
    TableFiles part = new TableFiles(table.table(), schema, table.partitionColumns(), files);
    try (DataFileWriter writer =
        DataFileWriter.open(table.table(), schema, kind.partition(), kind.prefix())) {
      for (Frame rows : TableScan.of(part, columns)) {
        writer.write(rows);
      }
      return writer.finish();
    }
  }
}
