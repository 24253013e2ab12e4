package dev.patron.pipelines.generate.live;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.jspecify.annotations.Nullable;

/** Reads a file of orders back, as JSON rows of the same columns. */
final class OrderReader implements Closeable {
  private static final DateTimeFormatter ISO =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'");
  private static final JsonFactory JSON = new JsonFactory();

  private final ParquetReader<Group> rows;

  OrderReader(Path file) throws IOException {
    rows =
        ParquetReader.builder(
                new GroupReadSupport(),
                new org.apache.hadoop.fs.Path(file.toAbsolutePath().toUri()))
            .withConf(new Configuration(false))
            .build();
  }

  /** The next order; null at the end. */
  @Nullable FeedRecord read() throws IOException {
    Group order = rows.read();
    if (order == null) {
      return null;
    }
    long id = order.getLong("order_id", 0);
    long at = order.getLong("order_timestamp", 0);
    ByteArrayOutputStream value = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(value)) {
      json.writeStartObject();
      json.writeNumberField("order_id", id);
      json.writeStringField("order_timestamp", text(at));
      json.writeFieldName("customer_id");
      if (order.getFieldRepetitionCount("customer_id") == 0) {
        json.writeNull();
      } else {
        json.writeNumber(order.getLong("customer_id", 0));
      }
      json.writeNumberField("quantity", order.getInteger("quantity", 0));
      json.writeNumberField("total", money(order, "total"));
      json.writeArrayFieldStart("books");
      Group lines = order.getGroup("books", 0);
      for (int i = 0; i < lines.getFieldRepetitionCount(0); i++) {
        Group line = lines.getGroup(0, i).getGroup(0, 0);
        json.writeStartObject();
        json.writeNumberField("book_id", line.getLong("book_id", 0));
        json.writeNumberField("quantity", line.getInteger("quantity", 0));
        json.writeNumberField("subtotal", money(line, "subtotal"));
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    return new FeedRecord(
        "orders",
        BookstoreFeed.ORDERS_TOPIC,
        (int) (id % BookstoreFeed.PARTITIONS),
        Math.floorDiv(at, 1_000),
        ("{\"order_id\":" + id + "}").getBytes(UTF_8),
        value.toByteArray());
  }

  private static BigDecimal money(Group row, String column) {
    return new BigDecimal(new BigInteger(row.getBinary(column, 0).getBytes()), 2);
  }

  private static String text(long micros) {
    return LocalDateTime.ofEpochSecond(
            Math.floorDiv(micros, 1_000_000),
            Math.floorMod(micros, 1_000_000) * 1_000,
            ZoneOffset.UTC)
        .format(ISO);
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }
}
