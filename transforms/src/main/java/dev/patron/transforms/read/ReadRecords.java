package dev.patron.transforms.read;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.features.record.BronzeFrames;
import dev.patron.features.tables.TableDefinition;
import dev.patron.features.tables.Tables;
import dev.patron.transforms.shuffle.FrameCoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/**
 * Reads files into bronze frames, one output a table. A file is read once, by one worker, piece by
 * piece; its records are routed to the tables of its group. Frames of text formats have the columns
 * {@link Tables#BRONZE}; those of Parquet files the file's own before them.
 *
 * <p>Records keep their order within a file's frames; frames come in any order.
 */
public final class ReadRecords extends PTransform<PCollection<SourceFile>, PCollectionTuple> {
  private final LinkedHashMap<String, List<TableDefinition>> groups;
  private final LinkedHashMap<String, Schema> wanted;
  private final LinkedHashMap<String, TupleTag<Frame>> tags = new LinkedHashMap<>();
  private final ParquetSource parquet;

  private ReadRecords(
      Map<String, List<TableDefinition>> groups,
      Map<String, Schema> wanted,
      ParquetSource parquet) {
    this.groups = new LinkedHashMap<>(groups);
    this.wanted = new LinkedHashMap<>(wanted);
    this.parquet = parquet;
    groups.forEach(
        (group, tables) -> {
          // Made here and not in a worker: a mistake in the dataset is one line before the run.
          new BronzeFrames(tables, (table, frame) -> {});
          for (TableDefinition table : tables) {
            TupleTag<Frame> tag = new TupleTag<>("bronze of " + table.name()) {};
            if (tags.put(table.name(), tag) != null) {
              throw new IllegalArgumentException(
                  "table '" + table.name() + "' is in two groups of files");
            }
          }
        });
    if (tags.isEmpty()) {
      throw new IllegalArgumentException("no table reads files");
    }
  }
}
