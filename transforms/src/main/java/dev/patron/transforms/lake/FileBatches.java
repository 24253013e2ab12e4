package dev.patron.transforms.lake;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

/**
 * Data files on their way to the workers that read them. Engines charge for every element, and
 * tables that grow by increments have many small files: those travel together.
 */
public final class FileBatches extends PTransform<PBegin, PCollection<List<DataFile>>> {
  private static final long serialVersionUID = 1L;

  /** Files of more bytes than this travel alone. */
  private static final long BATCH_BYTES = 8L << 20;

  private final ArrayList<List<DataFile>> batches = new ArrayList<>();

  private FileBatches(List<DataFile> files) {
    List<DataFile> batch = new ArrayList<>();
    long bytes = 0;
    for (DataFile file : files) {
      if (!batch.isEmpty() && bytes + file.bytes() > BATCH_BYTES) {
        batches.add(List.copyOf(batch));
        batch.clear();
        bytes = 0;
      }
      batch.add(file);
      bytes += file.bytes();
    }
    if (!batch.isEmpty()) {
      batches.add(List.copyOf(batch));
    }
  }

  /** These files, in batches of about equal work. */
  public static FileBatches of(List<DataFile> files) {
    return new FileBatches(files);
  }

  int size() {
    return batches.size();
  }

  @Override
  public PCollection<List<DataFile>> expand(PBegin begin) {
    PCollection<List<DataFile>> listed =
        begin.apply("List files", Create.of(batches).withCoder(ListCoder.of(DataFileCoder.of())));
    return batches.size() > 1
        ? listed.apply("Spread files over workers", Reshuffle.viaRandomKey())
        : listed;
  }
}
