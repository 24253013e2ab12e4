package dev.patron.transforms;

import dev.patron.features.change.Events;
import dev.patron.features.frame.Frame;
import dev.patron.transforms.lake.DataFile;
import dev.patron.transforms.lake.ReadTable;
import dev.patron.transforms.lake.TableFiles;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.values.PBegin;
import org.apache.beam.sdk.values.PCollection;

/**
 * The events of a table that earlier runs have folded, each once, as {@link ApplyChanges} and
 * {@link KeepHistory} gave them to be kept.
 *
 * @param kept the table of {@link Events#schema} that they are kept in
 * @param links the positions where keys changed, of all earlier runs
 */
public record EarlierEvents(TableFiles kept, Set<String> links) {
  public EarlierEvents {
    links = Set.copyOf(links);
  }

  /** The events of keys. */
  TableFiles files() {
    return only(file -> !isOfTruncates(file));
  }

  /** The truncates of the table. */
  PTransform<PBegin, PCollection<Frame>> truncates() {
    return ReadTable.of(only(EarlierEvents::isOfTruncates));
  }

  private TableFiles only(Predicate<DataFile> wanted) {
    List<DataFile> files = kept.files().stream().filter(wanted).toList();
    return new TableFiles(kept.table(), kept.schema(), kept.partitionColumns(), files);
  }

  /** Truncates have no key: they are written apart from the events of keys. */
  private static boolean isOfTruncates(DataFile file) {
    return file.path().contains("truncates-");
  }
}
