package dev.patron.transforms.manifest;

import dev.patron.transforms.parquet.HadoopFiles;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PDone;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What one pipeline told its driver. Beam gives no way back from a graph to the program that built
 * it but through files; a manifest is that file. It names data files that nobody refers to yet, and
 * holds the accounts by which the driver decides whether to commit them, and small results.
 *
 * <p>A manifest must fit in memory: it holds nothing that grows with the rows.
 */
public final class Manifest {
  /** Of a pipeline that told nothing. */
  public static final Manifest EMPTY = new Manifest(List.of());

  private final List<ManifestEntry> entries;

  private Manifest(List<ManifestEntry> entries) {
    this.entries = entries;
  }

  /** All contents of this kind and name, in no particular order. */
  public <T> List<T> get(String kind, String name, Coder<T> coder) {
    List<T> found = new ArrayList<>();
    for (ManifestEntry entry : entries) {
      if (entry.kind().equals(kind) && entry.name().equals(name)) {
        found.add(decode(coder, entry));
      }
    }
    return found;
  }

  private static <T> T decode(Coder<T> coder, ManifestEntry entry) {
    try {
      return CoderUtils.decodeFromByteArray(coder, entry.content());
    } catch (CoderException e) {
      throw new IllegalStateException("a manifest cannot be read back: " + entry, e);
    }
  }

  /**
   * Reads the manifest that {@link #writeTo} wrote. A pipeline that told nothing wrote one that is
   * empty: where there is none, its workers wrote it, and all else, somewhere else.
   *
   * @throws IOException if it is not there, or cannot be read
   */
  public static Manifest read(String file) throws IOException {
    Path path = HadoopFiles.path(file);
    FileSystem files = path.getFileSystem(HadoopFiles.configuration());
    List<ManifestEntry> entries = new ArrayList<>();
    try (DataInputStream in = new DataInputStream(new BufferedInputStream(files.open(path)))) {
      int count = in.readInt();
      for (int i = 0; i < count; i++) {
        entries.add(ManifestEntry.EntryCoder.of().decode(in));
      }
    } catch (FileNotFoundException e) {
      // Without its cause, which names a file that nobody has heard of.
      throw new IOException(
          "what the workers wrote is not in "
              + HadoopFiles.display(path.getParent())
              + " of this machine; name a --warehouse that the driver and all workers reach under"
              + " one path, as hdfs:// or a folder that they share");
    }
    return new Manifest(entries);
  }

  /** Deletes a manifest that has been read; one that does not exist is no error. */
  public static void delete(String file) throws IOException {
    Path path = HadoopFiles.path(file);
    path.getFileSystem(HadoopFiles.configuration()).delete(path, false);
  }

  /**
   * One entry, of a step that tells several kinds of things.
   *
   * @throws IllegalStateException if the coder does not encode this content
   */
  public static <T> ManifestEntry entry(String kind, String name, Coder<T> coder, T content) {
    try {
      return new ManifestEntry(kind, name, CoderUtils.encodeToByteArray(coder, content));
    } catch (CoderException e) {
      // The content may be a person's: its kind and name say enough.
      throw new IllegalStateException("a manifest cannot hold " + kind + " of " + name, e);
    }
  }

  /** Encodes entries; deterministic. */
  public static Coder<ManifestEntry> coder() {
    return ManifestEntry.EntryCoder.of();
  }

  /** Turns elements into entries of one kind and name. */
  public static <T> PTransform<PCollection<T>, PCollection<ManifestEntry>> entries(
      String kind, String name, Coder<T> coder) {
    return entries(kind, element -> name, coder);
  }

  /** Turns elements into entries of one kind, each with the name that this function gives it. */
  public static <T> PTransform<PCollection<T>, PCollection<ManifestEntry>> entries(
      String kind, SerializableFunction<T, String> naming, Coder<T> coder) {
    return new PTransform<>() {
      @Override
      public PCollection<ManifestEntry> expand(PCollection<T> elements) {
        return elements
            .apply("Tell the driver", ParDo.of(new Tell<>(kind, naming, coder)))
            .setCoder(ManifestEntry.EntryCoder.of());
      }
    };
  }

  /** Writes all entries to one file when all are there. */
  public static PTransform<PCollection<ManifestEntry>, PDone> writeTo(String file) {
    return new PTransform<>() {
      @Override
      public PDone expand(PCollection<ManifestEntry> entries) {
        PCollection<ManifestEntry> always =
            entries
                .getPipeline()
                .apply(
                    "Write it in any case",
                    Create.of(new ManifestEntry("", "", new byte[0]))
                        .withCoder(ManifestEntry.EntryCoder.of()));
        // One key is no hot key here: entries are few and small by contract.
        PCollectionList.of(entries)
            .and(always)
            .apply("What is told, if anything", Flatten.pCollections())
            .apply("All to one place", WithKeys.of(0))
            .setCoder(KvCoder.of(VarIntCoder.of(), ManifestEntry.EntryCoder.of()))
            .apply("Wait for all", GroupByKey.create())
            .apply("Write the manifest", ParDo.of(new Write(file)));
        return PDone.in(entries.getPipeline());
      }
    };
  }

  private static final class Tell<T> extends DoFn<T, ManifestEntry> {
    private final String kind;
    private final SerializableFunction<T, String> name;
    private final Coder<T> coder;

    private Tell(String kind, SerializableFunction<T, String> name, Coder<T> coder) {
      this.kind = kind;
      this.name = name;
      this.coder = coder;
    }

    @ProcessElement
    public void tell(@Element T element, OutputReceiver<ManifestEntry> out) {
      out.output(entry(kind, name.apply(element), coder, element));
    }
  }

  private static final class Write extends DoFn<KV<Integer, Iterable<ManifestEntry>>, Void> {
    private final String file;

    private Write(String file) {
      this.file = file;
    }

    @ProcessElement
    public void write(@Element KV<Integer, Iterable<ManifestEntry>> all) throws IOException {
      Path path = HadoopFiles.path(file);
      FileSystem files = path.getFileSystem(HadoopFiles.configuration());
      List<ManifestEntry> entries = new ArrayList<>();
      all.getValue().forEach(entries::add);
      // A task that is tried again, or twice at once, writes the same entries again, perhaps in
      // another order. The driver must find one attempt's file, never a mixture or a half.
      Path attempt = new Path(path.getParent(), "." + path.getName() + "." + UUID.randomUUID());
      try {
        try (FSDataOutputStream out = files.create(attempt, false)) {
          out.writeInt(entries.size());
          for (ManifestEntry entry : entries) {
            ManifestEntry.EntryCoder.of().encode(entry, out);
          }
        }
        HadoopFiles.replace(attempt, path);
      } finally {
        files.delete(attempt, false);
      }
    }
  }
}
