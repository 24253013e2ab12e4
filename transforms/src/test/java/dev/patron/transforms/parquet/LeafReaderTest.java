package dev.patron.transforms.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DataPage;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridEncoder;
import org.apache.parquet.schema.MessageTypeParser;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of lists over pages that begin anywhere, as old writers cut them. */
final class LeafReaderTest {
  private static final ColumnDescriptor COLUMN =
      MessageTypeParser.parseMessageType("message m { repeated int64 v; }").getColumns().get(0);

  private static final int VALUES = 50;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void passesOverRowsAsIfTheyHadBeenRead(boolean dictionary) throws IOException {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      List<List<Long>> rows = new ArrayList<>();
      int most = random.nextInt(4);
      for (int row = random.nextInt(150) + 1; row > 0; row--) {
        List<Long> list = new ArrayList<>();
        for (int i = random.nextInt(most + 1); i > 0; i--) {
          list.add((long) random.nextInt(VALUES));
        }
        rows.add(list);
      }
      LeafReader reader =
          new LeafReader(COLUMN, pages(rows, 1 + random.nextInt(60), random, dictionary), null);
      int at = 0;
      while (at < rows.size()) {
        int passed = random.nextInt(rows.size() - at + 1);
        passed = random.nextBoolean() ? Math.min(passed, 3) : passed;
        reader.passRows(passed);
        at += passed;
        if (at < rows.size()) {
          assertThat(read(reader)).as("seed %d, row %d", seed, at).isEqualTo(rows.get(at));
          at++;
        }
      }
    }
  }

  private static List<Long> read(LeafReader reader) {
    List<Long> list = new ArrayList<>();
    do {
      if (reader.definition() == 1) {
        list.add(reader.values().nextLong());
      }
      reader.next();
    } while (reader.repetition() > 0);
    return list;
  }

  private static PageReader pages(
      List<List<Long>> rows, int mostEntries, Random random, boolean dictionary)
      throws IOException {
    Queue<DataPage> pages = new ArrayDeque<>();
    List<Integer> repetitions = new ArrayList<>();
    List<Integer> definitions = new ArrayList<>();
    List<Long> values = new ArrayList<>();
    int room = 1 + random.nextInt(mostEntries);
    for (List<Long> row : rows) {
      for (int i = 0; i < Math.max(1, row.size()); i++) {
        if (repetitions.size() == room) {
          pages.add(page(repetitions, definitions, values, dictionary));
          repetitions.clear();
          definitions.clear();
          values.clear();
          room = 1 + random.nextInt(mostEntries);
        }
        repetitions.add(i == 0 ? 0 : 1);
        definitions.add(row.isEmpty() ? 0 : 1);
        if (!row.isEmpty()) {
          values.add(row.get(i));
        }
      }
    }
    pages.add(page(repetitions, definitions, values, dictionary));
    DictionaryPage numbers = dictionary ? dictionaryPage() : null;
    return new PageReader() {
      @Override
      public @Nullable DictionaryPage readDictionaryPage() {
        return numbers;
      }

      @Override
      public long getTotalValueCount() {
        throw new UnsupportedOperationException();
      }

      @Override
      public @Nullable DataPage readPage() {
        return pages.poll();
      }
    };
  }

  /** Each number stands for itself. */
  private static DictionaryPage dictionaryPage() {
    List<Long> all = new ArrayList<>();
    for (long value = 0; value < VALUES; value++) {
      all.add(value);
    }
    return new DictionaryPage(BytesInput.from(plain(all)), VALUES, Encoding.PLAIN);
  }

  private static DataPage page(
      List<Integer> repetitions, List<Integer> definitions, List<Long> values, boolean dictionary)
      throws IOException {
    BytesInput encoded =
        dictionary
            ? BytesInput.concat(
                BytesInput.from(new byte[] {6}),
                runs(values.stream().map(Long::intValue).toList(), 6))
            : BytesInput.from(plain(values));
    BytesInput bytes = BytesInput.concat(levels(repetitions), levels(definitions), encoded);
    byte[] page = bytes.toByteArray();
    return new DataPageV1(
        BytesInput.from(page),
        repetitions.size(),
        page.length,
        Statistics.createStats(COLUMN.getPrimitiveType()),
        Encoding.RLE,
        Encoding.RLE,
        dictionary ? Encoding.RLE_DICTIONARY : Encoding.PLAIN);
  }

  private static BytesInput levels(List<Integer> levels) throws IOException {
    BytesInput runs = BytesInput.from(runs(levels, 1).toByteArray());
    return BytesInput.concat(BytesInput.fromInt((int) runs.size()), runs);
  }

  private static BytesInput runs(List<Integer> numbers, int width) throws IOException {
    RunLengthBitPackingHybridEncoder encoder =
        new RunLengthBitPackingHybridEncoder(width, 64, 1 << 16, new HeapByteBufferAllocator());
    for (int number : numbers) {
      encoder.writeInt(number);
    }
    return encoder.toBytes();
  }

  private static byte[] plain(List<Long> values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.size() * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    values.forEach(bytes::putLong);
    return bytes.array();
  }
}
