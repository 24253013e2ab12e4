package dev.patron.transforms.read;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.util.SerializableUtils;

/** Parts of sources on their way to the workers: few and small, so Java's serialisation will do. */
public final class SourcePartCoder extends AtomicCoder<SourcePart> {
  private static final long serialVersionUID = 1;
  private static final SourcePartCoder INSTANCE = new SourcePartCoder();

  private SourcePartCoder() {}

  /** The coder. */
  public static SourcePartCoder of() {
    return INSTANCE;
  }

  @Override
  public void encode(SourcePart part, OutputStream out) throws IOException {
    ByteArrayCoder.of().encode(SerializableUtils.serializeToByteArray(part), out);
  }

  @Override
  public SourcePart decode(InputStream in) throws IOException {
    return (SourcePart)
        SerializableUtils.deserializeFromByteArray(
            ByteArrayCoder.of().decode(in), "a part of a source");
  }
}
