package dev.patron.transforms.shuffle;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.Cleaner;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where frames wait between the steps of a pipeline, for an engine that leaves whatever waits on
 * the heap. The frames used last stay there, up to a budget; the others go to the local disk and
 * come back when they are looked at. What nobody can reach any more is forgotten; to know what that
 * is, the store asks the JVM for a collection before it writes. A JVM that takes no such requests
 * ({@code -XX:+DisableExplicitGC}) writes more.
 *
 * <p>However many frames an engine lets wait, its memory is bounded by what its threads work at and
 * not by the size of the data.
 *
 * <p>Safe for several threads. The files have no name while they are open, so that nothing is left
 * of a process that is killed.
 */
public final class FrameStore implements AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();

  private final Path folder;
  private final long budget;
  private final long segmentBytes;

  /** What is on the heap, brought there longest ago first. */
  private final LinkedHashMap<Place, WeakReference<Handle>> held = new LinkedHashMap<>();

  /** All that can be reached, by number. */
  private final Map<Long, WeakReference<Frame>> kept = new HashMap<>();

  /** What was put and not yet got, which nobody else holds on to. */
  private final Map<Long, Frame> inTransit = new HashMap<>();

  private long heldBytes;
  private long writtenBytes;

  /** What came to the heap since garbage was last collected for this store's sake. */
  private long newBytes;

  private long next;
  private @Nullable Segment segment;
  private final Set<Segment> segments = new HashSet<>();

  FrameStore(Path folder, long budget, long segmentBytes) {
    this.folder = folder;
    this.budget = budget;
    this.segmentBytes = segmentBytes;
  }

  /**
   * A store.
   *
   * @param folder an existing folder on a disk with room for what does not fit in the budget
   * @param budget how many bytes of heap waiting frames may take
   */
  public static FrameStore in(Path folder, long budget) {
    return new FrameStore(folder, budget, 256L << 20);
  }

  /**
   * Keeps a frame; one that this store gave is kept already.
   *
   * @return its number, for {@link #get}
   * @throws UncheckedIOException if the disk has no room for what has to leave the heap
   */
  long put(Frame frame) {
    if (frame.origin() instanceof Handle handle && handle.store == this) {
      return handle.place.id;
    }
    Handle handle;
    synchronized (this) {
      Place place = new Place(next++, frame.heapBytes());
      handle = new Handle(this, place);
      Frame waiting = Frame.kept(frame.schema(), frame.rows(), handle);
      CLEANER.register(handle, () -> forget(place));
      kept.put(place.id, new WeakReference<>(waiting));
      inTransit.put(place.id, waiting);
    }
    hold(handle, frame);
    return handle.place.id;
  }

  /**
   * A frame that was put.
   *
   * @throws IllegalArgumentException if there is none of this number, or no longer
   */
  synchronized Frame get(long id) {
    Frame frame = inTransit.remove(id);
    WeakReference<Frame> reference = kept.get(id);
    if (frame == null && reference != null) {
      frame = reference.get();
    }
    if (frame == null) {
      throw new IllegalArgumentException("no frame " + id + " waits here");
    }
    return frame;
  }

  /** How many bytes have gone to the disk so far. */
  synchronized long writtenBytes() {
    return writtenBytes;
  }

  /** How many frames can still be reached. */
  synchronized int size() {
    return kept.size();
  }

  /** Forgets everything. */
  @Override
  public synchronized void close() {
    held.clear();
    heldBytes = 0;
    kept.clear();
    inTransit.clear();
    segment = null;
    segments.forEach(Segment::close);
    segments.clear();
  }

  // ------------------------------------------------------------------ from heap to disk and back

  private void hold(Handle handle, Frame frame) {
    boolean collect;
    synchronized (this) {
      handle.here = frame;
      if (held.put(handle.place, new WeakReference<>(handle)) == null) {
        heldBytes += handle.place.heapBytes;
        newBytes += handle.place.heapBytes;
      }
      if (heldBytes <= budget) {
        return;
      }
      collect = newBytes > budget / 2;
      if (collect) {
        newBytes = 0;
      }
    }
    if (collect) {
      collectGarbage();
    }
    leaving().forEach(this::write);
  }

  /**
   * When the budget is used up, most frames have had their readers; only a collection of the whole
   * heap tells which. It has little to look at, since frames are a few large arrays: it costs a
   * fraction of what it takes to write them.
   */
  private void collectGarbage() {
    System.gc();
    synchronized (this) {
      Iterator<Map.Entry<Place, WeakReference<Handle>>> all = held.entrySet().iterator();
      while (all.hasNext()) {
        Map.Entry<Place, WeakReference<Handle>> entry = all.next();
        if (entry.getValue().get() == null) {
          heldBytes -= entry.getKey().heapBytes;
          all.remove();
        }
      }
    }
  }

  /** Lets go of what was brought longest ago, until the rest is within the budget. */
  private synchronized List<Handle> leaving() {
    List<Handle> unwritten = new ArrayList<>();
    Iterator<Map.Entry<Place, WeakReference<Handle>>> longestAgo = held.entrySet().iterator();
    while (heldBytes > budget && longestAgo.hasNext()) {
      Map.Entry<Place, WeakReference<Handle>> entry = longestAgo.next();
      Handle old = entry.getValue().get();
      if (old != null && old.place.extent == null) {
        unwritten.add(old);
      } else if (old != null) {
        old.here = null;
      }
      heldBytes -= entry.getKey().heapBytes;
      longestAgo.remove();
    }
    return unwritten;
  }

  /** Writes a frame, which can be had from the heap until it is on the disk. */
  private void write(Handle handle) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(FrameCodec.encode(handle.get()));
      Extent extent = allocate(bytes.remaining());
      extent.write(bytes);
      synchronized (this) {
        handle.place.extent = extent;
        handle.here = null;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "frames cannot wait in %s (%s); give it room, or name another folder with"
                  .formatted(folder, e.getMessage())
              + " -Djava.io.tmpdir",
          e);
    }
  }

  private synchronized Extent allocate(int length) throws IOException {
    Segment open = segment;
    if (open == null || open.length >= segmentBytes) {
      if (open != null && open.frames == 0) {
        discard(open);
      }
      open = Segment.create(folder);
      segments.add(open);
      segment = open;
    }
    writtenBytes += length;
    return open.extend(length);
  }

  private Frame load(Handle handle) {
    Place place = handle.place;
    Extent extent;
    synchronized (this) {
      Frame here = handle.here;
      if (here != null) {
        return here;
      }
      extent = place.extent;
    }
    if (extent == null) {
      throw new IllegalStateException("frame " + place.id + " was used after its pipeline's end");
    }
    Frame frame;
    try {
      frame = FrameCodec.decode(extent.read());
    } catch (IOException e) {
      throw new UncheckedIOException(
          "a frame that waited in %s cannot be read back (%s)".formatted(folder, e.getMessage()),
          e);
    }
    hold(handle, frame);
    return frame;
  }

  private synchronized void forget(Place place) {
    kept.remove(place.id);
    if (held.remove(place) != null) {
      heldBytes -= place.heapBytes;
    }
    Extent extent = place.extent;
    place.extent = null;
    if (extent != null) {
      release(extent);
    }
  }

  private void release(Extent extent) {
    Segment of = extent.segment;
    of.frames--;
    if (of.frames == 0 && of != segment) {
      discard(of);
    }
  }

  private void discard(Segment unused) {
    segments.remove(unused);
    unused.close();
  }

  /** Where the values of a waiting frame are on the disk; guarded by the store. */
  private static final class Place {
    final long id;
    final long heapBytes;
    @Nullable Extent extent;

    Place(long id, long heapBytes) {
      this.id = id;
      this.heapBytes = heapBytes;
    }
  }

  /**
   * What a waiting frame holds on to, and what holds on to its values while they are on the heap:
   * when nobody can reach the frame any more, they are garbage with it.
   */
  private static final class Handle implements Supplier<Frame> {
    private final FrameStore store;
    private final Place place;
    private volatile @Nullable Frame here;
    private volatile WeakReference<@Nullable Frame> seen = new WeakReference<>(null);

    Handle(FrameStore store, Place place) {
      this.store = store;
      this.place = place;
    }

    @Override
    public Frame get() {
      // Kernels ask for column after column of a frame: only the first question costs a lock.
      Frame frame = here;
      if (frame == null) {
        frame = seen.get();
      }
      if (frame == null) {
        frame = store.load(this);
        seen = new WeakReference<>(frame);
      }
      return frame;
    }
  }

  /** A file that frames are appended to; guarded by the store. Its name goes when it is opened. */
  private static final class Segment {
    private final FileChannel channel;
    private long length;
    private int frames;

    private Segment(FileChannel channel) {
      this.channel = channel;
    }

    static Segment create(Path folder) throws IOException {
      return new Segment(
          FileChannel.open(
              folder.resolve("patron-frames-" + UUID.randomUUID()),
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE));
    }

    Extent extend(int bytes) {
      Extent extent = new Extent(this, length, bytes);
      length += bytes;
      frames++;
      return extent;
    }

    void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException("a file of waiting frames cannot be closed", e);
      }
    }
  }

  /** A part of a segment. */
  private record Extent(Segment segment, long offset, int length) {
    void write(ByteBuffer bytes) throws IOException {
      long at = offset;
      while (bytes.hasRemaining()) {
        at += segment.channel.write(bytes, at);
      }
    }

    ByteBuffer read() throws IOException {
      ByteBuffer bytes = ByteBuffer.allocate(length);
      while (bytes.hasRemaining()) {
        if (segment.channel.read(bytes, offset + bytes.position()) < 0) {
          throw new IOException("it ends early");
        }
      }
      return bytes.flip();
    }
  }
}
