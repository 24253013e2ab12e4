package dev.patron.transforms.parquet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Random;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.values.ValuesWriter;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Types;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DictionaryValuesTest {
  private static final int LIMIT = 4_096;

  @ParameterizedTest
  @EnumSource(names = {"INT32", "INT64", "DOUBLE", "BINARY"})
  void pagesAndDictionariesAreThoseOfParquetToTheByte(PrimitiveTypeName type) throws IOException {
    Random random = new Random(20_261_130);
    int dictionaries = 0;
    int pages = 0;
    int plain = 0;
    for (int round = 0; round < 60; round++) {
      String as = "%s, round %d".formatted(type, round);
      int distinct = 1 << random.nextInt(13);
      ValuesWriter theirs = theirs(type);
      DictionaryValues ours = new DictionaryValues(type, LIMIT);
      int count = 1 + random.nextInt(4);
      for (int page = 0; page < count; page++) {
        for (int block = 0; block < 3; block++) {
          append(random, type, distinct, random.nextInt(700), theirs, ours);
          assertThat(ours.size()).as(as).isEqualTo(theirs.getBufferedSize());
        }
        assertThat(ours.page().toByteArray()).as(as).isEqualTo(theirs.getBytes().toByteArray());
        assertThat(ours.encoding()).as(as).isEqualTo(theirs.getEncoding());
        pages++;
        plain += ours.encoding() == Encoding.PLAIN ? 1 : 0;
        ours.reset();
        theirs.reset();
      }
      DictionaryPage own = ours.dictionary();
      DictionaryPage other = theirs.toDictPageAndClose();
      assertThat(own == null).as(as).isEqualTo(other == null);
      if (own != null && other != null) {
        dictionaries++;
        assertThat(own.getBytes().toByteArray()).as(as).isEqualTo(other.getBytes().toByteArray());
        assertThat(own.getDictionarySize()).as(as).isEqualTo(other.getDictionarySize());
        assertThat(own.getEncoding()).as(as).isEqualTo(other.getEncoding());
      }
    }
    assertThat(dictionaries).isBetween(10, 55);
    assertThat(plain).isBetween(10, pages - 10);
  }

  private static ValuesWriter theirs(PrimitiveTypeName type) {
    MessageType file = Types.buildMessage().required(type).named("c").named("file");
    ColumnDescriptor column = file.getColumns().get(0);
    return ParquetProperties.builder()
        .withDictionaryPageSize(LIMIT)
        .build()
        .newValuesWriter(column);
  }

  private static void append(
      Random random,
      PrimitiveTypeName type,
      int distinct,
      int count,
      ValuesWriter theirs,
      DictionaryValues ours) {
    long[] numbers = new long[count];
    for (int i = 0; i < count; i++) {
      int value = random.nextInt(distinct) - distinct / 2;
      switch (type) {
        case INT32 -> {
          numbers[i] = value;
          theirs.writeInteger(value);
        }
        case INT64 -> {
          numbers[i] = (long) value << 40;
          theirs.writeLong(numbers[i]);
        }
        case DOUBLE -> {
          double number = value == 1 ? Double.NaN : value == 2 ? -0.0 : value / 100.0;
          numbers[i] = Double.doubleToLongBits(number);
          theirs.writeDouble(number);
        }
        default -> {
          byte[] text = ("é".repeat(value & 15) + value).getBytes(UTF_8);
          ours.bytes(text, 0, text.length);
          theirs.writeBytes(Binary.fromConstantByteArray(text));
        }
      }
    }
    if (type != PrimitiveTypeName.BINARY) {
      ours.numbers(numbers, 0, count);
    }
  }
}
