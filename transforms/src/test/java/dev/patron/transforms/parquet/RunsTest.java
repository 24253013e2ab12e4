package dev.patron.transforms.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridEncoder;
import org.apache.parquet.io.ParquetDecodingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RunsTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 5, 8, 9, 13, 17, 24, 31, 32})
  void decodesWhatParquetsEncoderMakesOfRunsAndMixtures(int width) throws IOException {
    Random random = new Random(width);
    for (int round = 0; round < 50; round++) {
      int[] numbers = numbers(width, random, 200);

      byte[] bytes = encoded(numbers, width);

      assertThat(new Runs(ByteBuffer.wrap(bytes), width, numbers.length).rest()).isEqualTo(numbers);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 8, 13, 32})
  void passesOverNumbersAsIfTheyHadBeenDecoded(int width) throws IOException {
    Random random = new Random(width);
    for (int round = 0; round < 200; round++) {
      int[] numbers = numbers(width, random, 400);
      Runs runs = new Runs(ByteBuffer.wrap(encoded(numbers, width)), width, numbers.length);
      int at = 0;
      while (at < numbers.length) {
        int passed = random.nextInt(Math.min(numbers.length - at, random.nextInt(100) + 1));
        int rest = runs.skip(passed);
        assertThat(rest).isLessThan(Runs.GROUP);
        int[] window = new int[Runs.GROUP + random.nextInt(50)];
        int read = runs.next(window);
        at += passed - rest;
        assertThat(Arrays.copyOf(window, read))
            .isEqualTo(Arrays.copyOfRange(numbers, at, at + read));
        assertThat(read).isGreaterThan(rest);
        at += read;
      }
      assertThat(runs.left()).isZero();
    }
  }

  @Test
  void knowsThatAllNumbersAreTheSame() throws IOException {
    int[] ones = new int[1_000];
    Arrays.fill(ones, 1);
    assertThat(new Runs(ByteBuffer.wrap(encoded(ones, 1)), 1, ones.length).only()).isEqualTo(1);
    ones[500] = 0;
    assertThat(new Runs(ByteBuffer.wrap(encoded(ones, 1)), 1, ones.length).only()).isEqualTo(-1);
    assertThat(new Runs(ByteBuffer.wrap(new byte[0]), 0, 7).only()).isZero();
  }

  private static int[] numbers(int width, Random random, int most) {
    int[] numbers = new int[random.nextInt(most)];
    int at = 0;
    while (at < numbers.length) {
      int to = Math.min(numbers.length, at + 1 + random.nextInt(random.nextBoolean() ? 3 : 40));
      int mask = width == 0 ? 0 : -1 >>> (Integer.SIZE - width);
      Arrays.fill(numbers, at, to, random.nextInt() & mask);
      at = to;
    }
    return numbers;
  }

  private static byte[] encoded(int[] numbers, int width) throws IOException {
    RunLengthBitPackingHybridEncoder encoder =
        new RunLengthBitPackingHybridEncoder(width, 64, 1 << 16, new HeapByteBufferAllocator());
    for (int number : numbers) {
      encoder.writeInt(number);
    }
    return encoder.toBytes().toByteArray();
  }

  @Test
  void takesALastGroupWithoutTheBytesThatNobodyNeeds() {
    // A group of eight numbers of nine bits, of which there are two: three bytes would do.
    byte[] cut = {0b11, (byte) 0x01, (byte) 0x04, (byte) 0x00};

    assertThat(new Runs(ByteBuffer.wrap(cut), 9, 2).rest()).containsExactly(1, 2);
  }

  @Test
  void refusesNumbersThatAreNotThere() {
    byte[] none = {};
    byte[] shortRun = {3 << 1, 7};
    byte[] shortGroup = {0b11, 0};

    assertThatThrownBy(() -> new Runs(ByteBuffer.wrap(none), 3, 1).rest())
        .isInstanceOf(BufferUnderflowException.class);
    assertThatThrownBy(() -> new Runs(ByteBuffer.wrap(shortRun), 3, 4).rest())
        .isInstanceOf(BufferUnderflowException.class);
    assertThatThrownBy(() -> new Runs(ByteBuffer.wrap(shortGroup), 9, 2).rest())
        .isInstanceOf(ParquetDecodingException.class);
    assertThatThrownBy(() -> new Runs(ByteBuffer.wrap(new byte[9]), 33, 1).rest())
        .isInstanceOf(ParquetDecodingException.class);
  }
}
