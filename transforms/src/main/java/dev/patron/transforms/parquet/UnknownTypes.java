package dev.patron.transforms.parquet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.Util;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/**
 * Physical columns that have neither a type nor a value: the annotation UNKNOWN of Parquet's
 * LogicalTypes.md, which pandas and others write where a column is empty, on integers of 32 bits.
 * Parquet's own reader passes over it and takes them for integers.
 */
final class UnknownTypes {
  /** The length of the footer, and the format's name. */
  private static final int TAIL_BYTES = 8;

  private UnknownTypes() {}

  /** Their paths, in a file that is being read. */
  static Set<List<String>> in(ParquetFileReader reader, Path file, Configuration configuration)
      throws IOException {
    Set<List<String>> unknown = new HashSet<>();
    // Hardly any file has such a column, and only then is its footer read once more.
    Set<List<String>> candidates = candidates(reader);
    if (!candidates.isEmpty()) {
      Iterator<SchemaElement> elements = elements(file, configuration).iterator();
      fields(elements.next(), elements, List.of(), unknown);
      unknown.retainAll(candidates);
    }
    return unknown;
  }

  /** Plain integers of 32 bits of which no statistics tell that there is a value. */
  private static Set<List<String>> candidates(ParquetFileReader reader) {
    Set<List<String>> candidates = new HashSet<>();
    reader
        .getFileMetaData()
        .getSchema()
        .getColumns()
        .forEach(
            column -> {
              PrimitiveType type = column.getPrimitiveType();
              if (type.getPrimitiveTypeName() == PrimitiveTypeName.INT32
                  && type.getLogicalTypeAnnotation() == null) {
                candidates.add(List.of(column.getPath()));
              }
            });
    if (candidates.isEmpty()) {
      return candidates;
    }
    for (BlockMetaData group : reader.getRowGroups()) {
      for (ColumnChunkMetaData chunk : group.getColumns()) {
        Statistics<?> statistics = chunk.getStatistics();
        if (statistics.hasNonNullValue()) {
          candidates.remove(List.of(chunk.getPath().toArray()));
        }
      }
    }
    return candidates;
  }

  /** The file's schema, depth first, as the file has it. */
  private static List<SchemaElement> elements(Path file, Configuration configuration)
      throws IOException {
    FileSystem files = file.getFileSystem(configuration);
    long end = files.getFileStatus(file).getLen() - TAIL_BYTES;
    try (FSDataInputStream in = files.open(file)) {
      in.seek(end);
      int length = Integer.reverseBytes(in.readInt());
      in.seek(end - length);
      return Util.readFileMetaData(in, true).getSchema();
    }
  }

  private static void fields(
      SchemaElement group,
      Iterator<SchemaElement> rest,
      List<String> path,
      Set<List<String>> unknown) {
    for (int field = 0; field < group.getNum_children(); field++) {
      SchemaElement element = rest.next();
      List<String> inner = new ArrayList<>(path);
      inner.add(element.getName());
      if (element.isSetLogicalType() && element.getLogicalType().isSetUNKNOWN()) {
        unknown.add(List.copyOf(inner));
      }
      fields(element, rest, inner, unknown);
    }
  }
}
