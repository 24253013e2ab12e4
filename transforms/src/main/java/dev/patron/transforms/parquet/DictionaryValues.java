package dev.patron.transforms.parquet;

import it.unimi.dsi.fastutil.HashCommon;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.BytesUtils;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridEncoder;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.jspecify.annotations.Nullable;

/**
 * Values as places in a dictionary of them; as they are, from where that has become too large or if
 * it spares nothing in the first page. It decides what Parquet's {@code FallbackValuesWriter} and
 * {@code DictionaryValuesWriter} decide; those make three calls for every number and an object for
 * every text.
 */
final class DictionaryValues extends LeafValues {
  /** Readers of the format's first version know no other name for it. */
  @SuppressWarnings("deprecation")
  private static final Encoding AS_PLACES = Encoding.PLAIN_DICTIONARY;

  private final PlainValues entries;
  private final PlainValues plain;
  private final int width;
  private final int limit;

  /** Of each entry: the number, or a hash of the bytes. */
  private long[] keys = new long[1 << 7];

  /** Where each entry ends in the dictionary's bytes, behind a zero. */
  private int[] ends = new int[keys.length + 1];

  private int count;

  /** One more than the entry of which the hash leads here, 0 where there is none. */
  private int[] slots = new int[2 * keys.length];

  private int[] codes = new int[1 << 10];
  private int size;
  private long rawBytes;
  private boolean isFirstPage = true;
  private boolean isPlain;
  private int written;

  /**
   * @param limit as many bytes may a dictionary have
   */
  DictionaryValues(PrimitiveTypeName type, int limit) {
    this.entries = new PlainValues(type);
    this.plain = new PlainValues(type);
    this.width = type == PrimitiveTypeName.INT32 ? Integer.BYTES : Long.BYTES;
    this.limit = limit;
  }

  @Override
  void numbers(long[] values, int from, int to) {
    if (codes.length - size < to - from) {
      codes = Arrays.copyOf(codes, Math.max(size + to - from, 2 * size));
    }
    rawBytes += (long) width * (to - from);
    for (int i = from; i < to; i++) {
      if (isPlain) {
        plain.numbers(values, i, to);
        return;
      }
      long value = values[i];
      int slot = slot(value);
      int code = slots[slot] - 1;
      while (code >= 0 && keys[code] != value) {
        slot = (slot + 1) & (slots.length - 1);
        code = slots[slot] - 1;
      }
      if (code >= 0) {
        codes[size++] = code;
      } else {
        entries.numbers(values, i, i + 1);
        add(value, slot);
      }
    }
  }

  @Override
  void bytes(byte[] array, int from, int length) {
    if (isPlain) {
      plain.bytes(array, from, length);
      return;
    }
    if (size == codes.length) {
      codes = Arrays.copyOf(codes, 2 * size);
    }
    rawBytes += Integer.BYTES + length;
    long hash = hash(array, from, length);
    int slot = slot(hash);
    int code = slots[slot] - 1;
    while (code >= 0
        && !(keys[code] == hash
            && ends[code + 1] - ends[code] == Integer.BYTES + length
            && entries.endsWith(ends[code + 1], array, from, length))) {
      slot = (slot + 1) & (slots.length - 1);
      code = slots[slot] - 1;
    }
    if (code >= 0) {
      codes[size++] = code;
    } else {
      entries.bytes(array, from, length);
      add(hash, slot);
    }
  }

  private static long hash(byte[] array, int from, int length) {
    long hash = length;
    int to = from + length;
    int i = from;
    for (; i <= to - Long.BYTES; i += Long.BYTES) {
      hash = HashCommon.mix(hash ^ PlainValues.number(array, i));
    }
    for (; i < to; i++) {
      hash = HashCommon.mix(hash ^ array[i]);
    }
    return hash;
  }

  private int slot(long key) {
    return (int) HashCommon.mix(key) & (slots.length - 1);
  }

  /** Appends a value that the dictionary has got just now. */
  private void add(long key, int slot) {
    if (count == keys.length) {
      keys = Arrays.copyOf(keys, 2 * count);
      ends = Arrays.copyOf(ends, keys.length + 1);
    }
    slots[slot] = count + 1;
    keys[count] = key;
    codes[size++] = count++;
    ends[count] = Math.toIntExact(entries.size());
    if (ends[count] > limit) {
      becomePlain();
    } else if (2 * count == slots.length) {
      slots = new int[2 * slots.length];
      for (int code = 0; code < count; code++) {
        int free = slot(keys[code]);
        while (slots[free] > 0) {
          free = (free + 1) & (slots.length - 1);
        }
        slots[free] = code + 1;
      }
    }
  }

  private void becomePlain() {
    isPlain = true;
    for (int i = 0; i < size; i++) {
      plain.copy(entries, ends[codes[i]], ends[codes[i] + 1]);
    }
  }

  @Override
  long size() {
    return isPlain ? plain.size() : rawBytes;
  }

  @Override
  BytesInput page() {
    if (!isPlain) {
      BytesInput encoded = encoded();
      if (!isFirstPage || encoded.size() + entries.size() < size()) {
        written = count;
        return encoded;
      }
      becomePlain();
    }
    return plain.page();
  }

  private BytesInput encoded() {
    int bits = BytesUtils.getWidthFromMaxInt(count - 1);
    RunLengthBitPackingHybridEncoder encoder =
        new RunLengthBitPackingHybridEncoder(
            bits, 1 << 12, limit, HeapByteBufferAllocator.getInstance());
    try {
      for (int i = 0; i < size; i++) {
        encoder.writeInt(codes[i]);
      }
      return BytesInput.concat(
          BytesInput.from(new byte[] {(byte) bits}),
          BytesInput.from(encoder.toBytes().toByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      encoder.close();
    }
  }

  @Override
  Encoding encoding() {
    return isPlain ? Encoding.PLAIN : AS_PLACES;
  }

  @Override
  void reset() {
    size = 0;
    rawBytes = 0;
    isFirstPage = false;
    plain.reset();
  }

  @Override
  @Nullable DictionaryPage dictionary() {
    return written == 0
        ? null
        : new DictionaryPage(entries.first(ends[written]), written, AS_PLACES);
  }
}
