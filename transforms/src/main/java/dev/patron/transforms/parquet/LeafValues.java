package dev.patron.transforms.parquet;

import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DictionaryPage;
import org.jspecify.annotations.Nullable;

/**
 * The values of one physical column in one row group, on their way to its pages. Numbers come many
 * at a time, since a call for each would cost more than what it does.
 */
abstract class LeafValues {
  /** Appends the values {@code [from, to)}: numbers, the bits of doubles, booleans as 0 and 1. */
  abstract void numbers(long[] values, int from, int to);

  /** Appends so many bytes of an array as one value. */
  abstract void bytes(byte[] array, int from, int length);

  /** How many bytes the values since the last {@link #reset} take as they are. */
  abstract long size();

  /** The values since the last {@link #reset}. */
  abstract BytesInput page();

  /** How the values are encoded that {@link #page} gave. */
  abstract Encoding encoding();

  /** Begins a page. */
  abstract void reset();

  /** What the pages refer to, if anything. */
  abstract @Nullable DictionaryPage dictionary();
}
