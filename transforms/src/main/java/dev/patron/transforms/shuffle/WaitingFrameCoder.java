package dev.patron.transforms.shuffle;

import dev.patron.features.frame.Frame;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.util.common.ElementByteSizeObserver;
import org.apache.beam.sdk.values.TypeDescriptor;

/**
 * Encodes a {@link Frame} as its number in a {@link FrameStore}: for engines that run in one
 * process and encode what waits between steps. Whatever outlives the pipeline takes {@link
 * FrameCoder}. Not deterministic, and so never a coder of keys.
 */
public final class WaitingFrameCoder extends AtomicCoder<Frame> {
  // Engines copy coders by serialisation; the copies must find the same store.
  private static final Map<Long, FrameStore> STORES = new ConcurrentHashMap<>();
  private static final AtomicLong NEXT = new AtomicLong();

  private final long store;

  private WaitingFrameCoder(long store) {
    this.store = store;
  }

  /** A coder that keeps frames in this store, until it is {@link #close closed}. */
  public static WaitingFrameCoder in(FrameStore store) {
    long number = NEXT.getAndIncrement();
    STORES.put(number, store);
    return new WaitingFrameCoder(number);
  }

  /** Closes the store. */
  public void close() {
    FrameStore closed = STORES.remove(store);
    if (closed != null) {
      closed.close();
    }
  }

  private FrameStore store() {
    FrameStore open = STORES.get(store);
    if (open == null) {
      throw new IllegalStateException("the store of this pipeline's frames is closed");
    }
    return open;
  }

  @Override
  public void encode(Frame frame, OutputStream out) throws IOException {
    new DataOutputStream(out).writeLong(store().put(frame));
  }

  @Override
  public Frame decode(InputStream in) throws IOException {
    return store().get(new DataInputStream(in).readLong());
  }

  @Override
  public void verifyDeterministic() throws NonDeterministicException {
    throw new NonDeterministicException(this, "equal frames have different numbers");
  }

  @Override
  public TypeDescriptor<Frame> getEncodedTypeDescriptor() {
    return TypeDescriptor.of(Frame.class);
  }

  @Override
  public boolean isRegisterByteSizeObserverCheap(Frame frame) {
    return true;
  }

  @Override
  public void registerByteSizeObserver(Frame frame, ElementByteSizeObserver observer) {
    observer.update(Long.BYTES);
  }
}
