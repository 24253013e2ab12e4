package dev.patron.transforms.lake;

import dev.patron.features.frame.FrameDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;

/** Reads all rows of a snapshot, without Beam, and sums them up in a digest. */
public final class TableDigest {
  private TableDigest() {}

  /**
   * The number and the digest of a table's rows. It does not depend on the order of rows or
   * columns, nor on how the rows lie in files.
   *
   * @param except columns that do not count, such as those that name a file or a run; those that
   *     the table does not have are passed over
   * @throws LakeException if a file is missing or damaged, or has other rows than the log says
   */
  public static FrameDigest of(TableSnapshot snapshot, Set<String> except) {
    List<String> names =
        snapshot.schema().names().stream().filter(name -> !except.contains(name)).sorted().toList();
    TableColumns columns = TableColumns.of(snapshot.contents(), names);
    List<Callable<FrameDigest>> digests = new ArrayList<>();
    for (DataFile file : snapshot.files()) {
      digests.add(() -> digest(snapshot, file, columns));
    }
    FrameDigest sum = new FrameDigest();
    Concurrently.all(snapshot.table(), "its files cannot be read", digests).forEach(sum::add);
    return sum;
  }

  private static FrameDigest digest(TableSnapshot snapshot, DataFile file, TableColumns columns) {
    FrameDigest digest = new FrameDigest();
    columns.read(
        TablePart.whole(snapshot.table(), file),
        frame -> digest.add(frame, columns.schema().names()));
    if (file.rows() >= 0 && file.rows() != digest.rows()) {
      throw new LakeException(
          "%s: file %s has %d rows where the log says %d"
              .formatted(file.table(), file.path(), digest.rows(), file.rows()));
    }
    return digest;
  }
}
