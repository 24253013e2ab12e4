package dev.patron.pipelines.stages;

import dev.patron.transforms.lake.DataFile;
import dev.patron.transforms.lake.TableFiles;
import dev.patron.transforms.lake.TableSnapshot;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What became of the files of a table between two versions.
 *
 * @param common those that were there and still are
 * @param gone those that were there
 * @param added those that are there now
 */
record Moved(TableFiles common, TableFiles gone, TableFiles added) {

  static Moved between(TableSnapshot then, TableSnapshot now) {
    Set<String> old = paths(then);
    Set<String> left = paths(now);
    return new Moved(
        files(now, old::contains),
        files(then, path -> !left.contains(path)),
        files(now, path -> !old.contains(path)));
  }

  private static Set<String> paths(TableSnapshot table) {
    return table.files().stream().map(DataFile::path).collect(Collectors.toSet());
  }

  private static TableFiles files(TableSnapshot table, Predicate<String> wanted) {
    return new TableFiles(
        table.table(),
        table.schema(),
        table.partitionColumns(),
        table.files().stream().filter(file -> wanted.test(file.path())).toList());
  }
}
