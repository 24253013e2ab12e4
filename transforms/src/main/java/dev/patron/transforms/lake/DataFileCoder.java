package dev.patron.transforms.lake;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.CoderProvider;
import org.apache.beam.sdk.coders.CoderProviders;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.jspecify.annotations.Nullable;

/** Encodes a {@link DataFile}. Not for keys: the order of partition columns is kept as it is. */
public final class DataFileCoder extends AtomicCoder<DataFile> {
  private static final long serialVersionUID = 1L;
  private static final DataFileCoder INSTANCE = new DataFileCoder();

  private DataFileCoder() {}

  /** The coder. */
  public static DataFileCoder of() {
    return INSTANCE;
  }

  /** Lets Beam find the coder by the class it encodes. */
  public static CoderProvider getCoderProvider() {
    return CoderProviders.forCoder(TypeDescriptor.of(DataFile.class), INSTANCE);
  }

  @Override
  public void encode(DataFile file, OutputStream out) throws IOException {
    DataOutputStream data = new DataOutputStream(out);
    text(file.table(), data);
    text(file.path(), data);
    data.writeLong(file.bytes());
    data.writeLong(file.modifiedMillis());
    data.writeLong(file.rows());
    text(new Type.RowOf(file.schema()).toString(), data);
    data.writeInt(file.partition().size());
    for (Map.Entry<String, @Nullable String> value : file.partition().entrySet()) {
      text(value.getKey(), data);
      text(value.getValue(), data);
    }
    text(file.statistics(), data);
    data.flush();
  }

  @Override
  public DataFile decode(InputStream in) throws IOException {
    DataInputStream data = new DataInputStream(in);
    String table = present(data);
    String path = present(data);
    long bytes = data.readLong();
    long modified = data.readLong();
    long rows = data.readLong();
    String schema = present(data);
    Map<String, @Nullable String> partition = new LinkedHashMap<>();
    for (int left = data.readInt(); left > 0; left--) {
      partition.put(present(data), text(data));
    }
    return new DataFile(table, path, bytes, modified, rows, schema(schema), partition, text(data));
  }

  static Schema schema(String row) {
    return row.equals("row<>") ? Schema.of() : ((Type.RowOf) Type.parse(row)).schema();
  }

  static void text(@Nullable String text, DataOutputStream out) throws IOException {
    if (text == null) {
      out.writeInt(-1);
    } else {
      byte[] bytes = text.getBytes(UTF_8);
      out.writeInt(bytes.length);
      out.write(bytes);
    }
  }

  static @Nullable String text(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0) {
      return null;
    }
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("a text ends early");
    }
    return new String(bytes, UTF_8);
  }

  static String present(DataInputStream in) throws IOException {
    String text = text(in);
    if (text == null) {
      throw new IOException("a text is missing");
    }
    return text;
  }
}
