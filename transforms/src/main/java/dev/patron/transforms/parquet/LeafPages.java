package dev.patron.transforms.parquet;

import java.io.IOException;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageWriter;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/**
 * The pages of one physical column in one row group. It does what Parquet's {@code ColumnWriterV1}
 * does, for a block of entries at a time: that one counts levels and compares bounds for every
 * value.
 */
final class LeafPages {
  /**
   * As much of a page may be missing when it ends, as in Parquet's {@code ColumnWriteStoreBase}.
   */
  private static final double TOLERANCE = 0.1;

  private final PrimitiveType type;
  private final PageWriter pages;
  private final ParquetProperties properties;
  private final LevelRuns repetition;
  private final LevelRuns definition;
  private final int present;
  private final LeafValues values;
  private Statistics<?> bounds;
  private int entries;
  private int rows;

  LeafPages(ColumnDescriptor column, PageWriter pages, ParquetProperties properties) {
    this.type = column.getPrimitiveType();
    this.pages = pages;
    this.properties = properties;
    this.repetition =
        new LevelRuns(column.getMaxRepetitionLevel(), properties.newRepetitionLevelEncoder(column));
    this.present = column.getMaxDefinitionLevel();
    this.definition = new LevelRuns(present, properties.newDefinitionLevelEncoder(column));
    this.values = values(column, properties);
    this.bounds = Statistics.createStats(type);
  }

  private static LeafValues values(ColumnDescriptor column, ParquetProperties properties) {
    PrimitiveTypeName type = column.getPrimitiveType().getPrimitiveTypeName();
    // As in Parquet's first version, which readers know best.
    boolean hasDictionary =
        type != PrimitiveTypeName.BOOLEAN
            && type != PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY
            && properties.isDictionaryEnabled(column);
    return hasDictionary
        ? new DictionaryValues(type, properties.getDictionaryPageSizeThreshold())
        : new PlainValues(type);
  }

  /** Where the values of the block whose levels come next go. */
  LeafValues values() {
    return values;
  }

  /** What the least and the greatest values of a block have to be told. */
  Statistics<?> bounds() {
    return bounds;
  }

  /** Appends the levels of a block. */
  void levels(ColumnLevels levels) throws IOException {
    int count = levels.size();
    entries += count;
    if (levels.repeats()) {
      for (int i = 0; i < count; i++) {
        repetition.add(levels.repetition(i), 1);
      }
    } else {
      repetition.add(0, count);
    }
    if (levels.misses()) {
      int nulls = 0;
      for (int i = 0; i < count; i++) {
        if (levels.row(i) < 0) {
          nulls++;
          definition.add(levels.definition(i), 1);
        } else {
          definition.add(present, 1);
        }
      }
      bounds.incrementNumNulls(nulls);
    } else {
      definition.add(present, count);
    }
  }

  /** Ends a block of so many rows, and the page if it is full. */
  void end(int more) throws IOException {
    rows += more;
    long threshold = properties.getPageSizeThreshold();
    if (rows >= properties.getPageRowCountLimit()
        || threshold - pageSize() <= threshold * TOLERANCE) {
      endPage();
    }
  }

  private void endPage() throws IOException {
    // The encoding of the values is known when their bytes are.
    BytesInput bytes = BytesInput.concat(repetition.bytes(), definition.bytes(), values.page());
    pages.writePage(bytes, entries, rows, bounds, Encoding.RLE, Encoding.RLE, values.encoding());
    repetition.reset();
    definition.reset();
    values.reset();
    bounds = Statistics.createStats(type);
    entries = 0;
    rows = 0;
  }

  private long pageSize() {
    return repetition.bufferedSize() + definition.bufferedSize() + values.size();
  }

  /** How many bytes all pages take so far. */
  long size() {
    return pageSize() + pages.getMemSize();
  }

  /** Ends the last page and the column. */
  void finish() throws IOException {
    if (rows > 0) {
      endPage();
    }
    DictionaryPage dictionary = values.dictionary();
    if (dictionary != null) {
      pages.writeDictionaryPage(dictionary);
    }
    repetition.close();
    definition.close();
  }
}
