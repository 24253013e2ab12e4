package org.apache.beam.runners.spark.translation;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Arrays of bytes in the order they came, in memory while they are few, else in a file. */
final class SpillingBytes implements AutoCloseable {
  private static final int IN_MEMORY = 8 << 20;
  private static final int BUFFER = 1 << 16;

  private final Supplier<File> place;
  private final List<byte[]> arrays = new ArrayList<>();
  private long bytes;
  private int spilled;
  private @Nullable File file;
  private @Nullable DataOutputStream out;

  /**
   * None so far.
   *
   * @param place gives a file that does not exist yet, if one is needed
   */
  SpillingBytes(Supplier<File> place) {
    this.place = place;
  }

  void add(byte[] array) {
    arrays.add(array);
    bytes += array.length;
    if (bytes > IN_MEMORY) {
      spill();
    }
  }

  private void spill() {
    try {
      if (out == null) {
        file = place.get();
        out =
            new DataOutputStream(
                new BufferedOutputStream(Files.newOutputStream(file.toPath()), BUFFER));
      }
      for (byte[] array : arrays) {
        out.writeInt(array.length);
        out.write(array);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    spilled += arrays.size();
    arrays.clear();
    bytes = 0;
  }

  /** All of them, to be gone through once; nothing can be added any more. */
  Iterator<byte[]> iterator() {
    if (out == null || file == null) {
      return arrays.iterator();
    }
    spill();
    try {
      out.close();
      DataInputStream in =
          new DataInputStream(new BufferedInputStream(Files.newInputStream(file.toPath()), BUFFER));
      return new FromFile(in, spilled);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    arrays.clear();
    if (out != null && file != null) {
      try {
        out.close();
        Files.deleteIfExists(file.toPath());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static final class FromFile implements Iterator<byte[]> {
    private final DataInputStream in;
    private int left;

    FromFile(DataInputStream in, int left) {
      this.in = in;
      this.left = left;
    }

    @Override
    public boolean hasNext() {
      return left > 0;
    }

    @Override
    public byte[] next() {
      if (left == 0) {
        throw new NoSuchElementException();
      }
      try {
        byte[] array = new byte[in.readInt()];
        in.readFully(array);
        if (--left == 0) {
          in.close();
        }
        return array;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
