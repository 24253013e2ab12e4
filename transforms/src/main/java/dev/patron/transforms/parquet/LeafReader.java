package dev.patron.transforms.parquet;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.parquet.CorruptDeltaByteArrays;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.BytesUtils;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.ValuesType;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DataPageV2;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.column.values.RequiresPreviousReader;
import org.apache.parquet.column.values.ValuesReader;
import org.apache.parquet.io.ParquetDecodingException;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one physical column of a row group: its levels, decoded a page at a time, and its
 * values. Parquet's own {@code ColumnReader} takes several calls for every value.
 */
final class LeafReader {
  private final ColumnDescriptor column;
  private final PageReader pages;
  private final @Nullable String writer;
  private final PageValues.@Nullable Shared dictionary;

  private Levels repetitions = Levels.ZERO;
  private Levels definitions = Levels.ZERO;
  private int size;
  private int at;

  private PageValues values = PageValues.NONE;
  private @Nullable ValuesReader decoder;

  /**
   * @param writer what the file says that wrote it; null: nothing
   */
  LeafReader(ColumnDescriptor column, PageReader pages, @Nullable String writer) {
    this.column = column;
    this.pages = pages;
    this.writer = writer;
    DictionaryPage page = pages.readDictionaryPage();
    try {
      this.dictionary =
          page == null
              ? null
              : PageValues.shared(
                  column.getPrimitiveType(), page.getEncoding().initDictionary(column, page));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    nextPage();
  }

  /** The values from the current entry on, which has one. */
  PageValues values() {
    return values;
  }

  /**
   * How much of the path to the value is there.
   *
   * @throws ParquetDecodingException if there are no more entries
   */
  int definition() {
    if (at >= size) {
      throw new ParquetDecodingException(
          "column '%s' ends before its rows do".formatted(String.join(".", column.getPath())));
    }
    return definitions.get(at);
  }

  /** At which level the entry continues a list; 0: it begins a row, or there are no more. */
  int repetition() {
    return at >= size ? 0 : repetitions.get(at);
  }

  /** Goes on to the next entry; the value of this one, if it has one, was read. */
  void next() {
    next(1);
  }

  /**
   * How many entries of this page, from the current one on, have as much of the path as that; at
   * most so many.
   *
   * @throws ParquetDecodingException if there are no more entries
   */
  int run(int definition, int most) {
    definition();
    return definitions.run(definition, at, at + Math.min(size - at, most));
  }

  /** Goes on by so many entries of this page, whose values were read. */
  void next(int entries) {
    at += entries;
    if (at == size) {
      nextPage();
    }
  }

  /** Goes on to the next entry, whether this one has a value or not. */
  void pass() {
    if (definition() == column.getMaxDefinitionLevel()) {
      values.skip(1);
    }
    next();
  }

  /** Passes over whole rows. */
  void passRows(int rows) {
    if (column.getMaxRepetitionLevel() == 0) {
      passEntries(rows);
      return;
    }
    int left = rows;
    while (left > 0) {
      definition();
      // Where lists are empty or of one element, as most are, an entry is a row; the last of them
      // may go on.
      int single = repetitions.run(0, at, Math.min(size, at + left)) - 1;
      if (single > 0) {
        passTo(at + single);
        left -= single;
        continue;
      }
      int end = at + 1;
      while (end < size && (repetitions.get(end) > 0 || --left > 0)) {
        end++;
      }
      passTo(end);
      // A row may go on in the next page.
      if (at == 0 && repetition() == 0) {
        left--;
      }
    }
  }

  private void passEntries(int entries) {
    int left = entries;
    while (left > 0) {
      definition();
      int here = Math.min(left, size - at);
      passTo(at + here);
      left -= here;
    }
  }

  /** Goes on to this entry of the page, or, behind its last one, to the next page. */
  private void passTo(int end) {
    values.skip(present(at, end));
    at = end;
    if (at == size) {
      nextPage();
    }
  }

  /** How many entries of the page have a value. */
  private int present(int from, int to) {
    return definitions.count(column.getMaxDefinitionLevel(), from, to);
  }

  private void nextPage() {
    at = 0;
    size = 0;
    while (size == 0) {
      DataPage page = pages.readPage();
      if (page == null) {
        return;
      }
      try {
        if (page instanceof DataPageV1 first) {
          open(first);
        } else {
          open((DataPageV2) page);
        }
      } catch (IOException e) {
        throw new ParquetDecodingException("could not read " + page + " of " + column, e);
      }
    }
  }

  private void open(DataPageV1 page) throws IOException {
    int entries = page.getValueCount();
    ByteBufferInputStream in = page.getBytes().toInputStream();
    repetitions = levels(page.getRlEncoding(), ValuesType.REPETITION_LEVEL, entries, in);
    definitions = levels(page.getDlEncoding(), ValuesType.DEFINITION_LEVEL, entries, in);
    values(page.getValueEncoding(), entries, in);
    size = entries;
  }

  private Levels levels(Encoding encoding, ValuesType type, int entries, ByteBufferInputStream in)
      throws IOException {
    int max =
        type == ValuesType.REPETITION_LEVEL
            ? column.getMaxRepetitionLevel()
            : column.getMaxDefinitionLevel();
    if (max == 0) {
      return Levels.ZERO;
    }
    if (encoding == Encoding.RLE) {
      int length = BytesUtils.readIntLittleEndian(in);
      return Levels.of(
          PageValues.onHeap(in.slice(length)), BytesUtils.getWidthFromMaxInt(max), entries);
    }
    ValuesReader reader = encoding.getValuesReader(column, type);
    reader.initFromPage(entries, in);
    int[] levels = new int[entries];
    for (int i = 0; i < entries; i++) {
      levels[i] = reader.readInteger();
    }
    return Levels.of(levels);
  }

  private void open(DataPageV2 page) throws IOException {
    int entries = page.getValueCount();
    repetitions = levels(page.getRepetitionLevels(), column.getMaxRepetitionLevel(), entries);
    definitions = levels(page.getDefinitionLevels(), column.getMaxDefinitionLevel(), entries);
    values(page.getDataEncoding(), entries, page.getData().toInputStream());
    size = entries;
  }

  private static Levels levels(BytesInput bytes, int max, int entries) throws IOException {
    return max == 0
        ? Levels.ZERO
        : Levels.of(
            PageValues.onHeap(bytes.toByteBuffer()), BytesUtils.getWidthFromMaxInt(max), entries);
  }

  private void values(Encoding encoding, int entries, ByteBufferInputStream in) throws IOException {
    if (encoding == Encoding.PLAIN && PageValues.isPlain(column.getPrimitiveType())) {
      values = PageValues.plain(column.getPrimitiveType(), in.slice(in.available()));
      decoder = null;
      return;
    }
    if (encoding.usesDictionary()) {
      if (dictionary == null) {
        throw new ParquetDecodingException(
            "a page of column '%s' wants a dictionary, and there is none"
                .formatted(String.join(".", column.getPath())));
      }
      int present = present(0, entries);
      int width = present == 0 ? 0 : in.read();
      values =
          dictionary.values(new Runs(PageValues.onHeap(in.slice(in.available())), width, present));
      decoder = null;
      return;
    }
    ValuesReader reader = encoding.getValuesReader(column, ValuesType.VALUES);
    reader.initFromPage(entries, in);
    // Old writers let a value's prefix refer to the page before (PARQUET-246).
    if (reader instanceof RequiresPreviousReader sequel
        && decoder != null
        && CorruptDeltaByteArrays.requiresSequentialReads(writer, encoding)) {
      sequel.setPreviousReader(decoder);
    }
    decoder = reader;
    values = PageValues.decoded(reader);
  }
}
