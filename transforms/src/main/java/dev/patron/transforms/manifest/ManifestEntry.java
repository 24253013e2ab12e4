package dev.patron.transforms.manifest;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;

/** One small result of a pipeline on its way to the driver. */
public final class ManifestEntry {
  private final String kind;
  private final String name;
  private final byte[] content;

  /**
   * An entry.
   *
   * @param kind what it is, which says how to read it
   * @param name what it is about, often a table
   * @param content the thing itself, encoded by its coder
   */
  ManifestEntry(String kind, String name, byte[] content) {
    this.kind = kind;
    this.name = name;
    this.content = content;
  }

  String kind() {
    return kind;
  }

  String name() {
    return name;
  }

  byte[] content() {
    return content;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ManifestEntry that
        && kind.equals(that.kind)
        && name.equals(that.name)
        && Arrays.equals(content, that.content);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * kind.hashCode() + name.hashCode()) + Arrays.hashCode(content);
  }

  @Override
  public String toString() {
    return kind + " of " + name + ", " + content.length + " bytes";
  }

  /** Encodes entries; deterministic. */
  static final class EntryCoder extends AtomicCoder<ManifestEntry> {
    private static final EntryCoder INSTANCE = new EntryCoder();

    private EntryCoder() {}

    /** The coder. */
    static EntryCoder of() {
      return INSTANCE;
    }

    @Override
    public void encode(ManifestEntry entry, OutputStream out) throws IOException {
      StringUtf8Coder.of().encode(entry.kind, out);
      StringUtf8Coder.of().encode(entry.name, out);
      ByteArrayCoder.of().encode(entry.content, out);
    }

    @Override
    public ManifestEntry decode(InputStream in) throws IOException {
      return new ManifestEntry(
          StringUtf8Coder.of().decode(in),
          StringUtf8Coder.of().decode(in),
          ByteArrayCoder.of().decode(in));
    }

    @Override
    public void verifyDeterministic() {}

    private Object readResolve() {
      return INSTANCE;
    }
  }
}
