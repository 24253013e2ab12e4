package dev.patron.transforms.shuffle;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameCodec;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.util.common.ElementByteSizeObserver;
import org.apache.beam.sdk.values.TypeDescriptor;

/**
 * Encodes a {@link Frame} as {@link FrameCodec} writes it. Deterministic; a frame knows its end.
 */
public final class FrameCoder extends AtomicCoder<Frame> {
  private static final FrameCoder INSTANCE = new FrameCoder();

  private FrameCoder() {}

  /** The coder. */
  public static FrameCoder of() {
    return INSTANCE;
  }

  @Override
  public void encode(Frame frame, OutputStream out) throws IOException {
    DataOutputStream data = new DataOutputStream(out);
    FrameCodec.write(frame, data);
    data.flush();
  }

  @Override
  public Frame decode(InputStream in) throws IOException {
    return FrameCodec.read(new DataInputStream(in));
  }

  @Override
  public void verifyDeterministic() {}

  @Override
  public boolean consistentWithEquals() {
    return true;
  }

  @Override
  public TypeDescriptor<Frame> getEncodedTypeDescriptor() {
    return TypeDescriptor.of(Frame.class);
  }

  // The size is asked for metrics alone: an estimate is enough, and encoding a frame twice is not.
  @Override
  public boolean isRegisterByteSizeObserverCheap(Frame frame) {
    return true;
  }

  @Override
  public void registerByteSizeObserver(Frame frame, ElementByteSizeObserver observer) {
    observer.update(frame.heapBytes());
  }

  private Object readResolve() {
    return INSTANCE;
  }
}
