package dev.patron.transforms.lake;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.patron.transforms.parquet.HadoopFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A folder of tables, and of small text files beside them: models, manifests, the report. */
public final class Warehouse implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String location;

  private Warehouse(String location) {
    this.location = location;
  }

  /** The warehouse at a path or URI, see {@link HadoopFiles#path}; it need not exist yet. */
  public static Warehouse at(String location) {
    return new Warehouse(location);
  }

  /** Where it is, as it was told. */
  public String location() {
    return location;
  }

  /** A table of it, as {@code silver/books}. */
  public LakeTable table(String name) {
    return LakeTable.at(location, name);
  }

  /**
   * Whether there is a file or folder of this name.
   *
   * @param path relative to the warehouse
   */
  public boolean exists(String path) {
    return on(path, "cannot be reached", (files, file) -> files.exists(file));
  }

  /**
   * The text of a file.
   *
   * @throws LakeException if there is none
   */
  public String read(String path) {
    return new String(readBytes(path), UTF_8);
  }

  /**
   * A file whole, for small ones.
   *
   * @throws LakeException if there is none
   */
  public byte[] readBytes(String path) {
    return on(
        path,
        "cannot be read",
        (files, file) -> {
          try (InputStream in = files.open(file)) {
            return in.readAllBytes();
          } catch (FileNotFoundException e) {
            throw new LakeException(HadoopFiles.display(file) + ": there is no such file");
          }
        });
  }

  /** Writes a file, whole or not at all, in place of one that may be there. */
  public void write(String path, String text) {
    on(
        path,
        "cannot be written",
        (files, file) -> {
          Path temporary =
              new Path(file.getParent(), "." + file.getName() + "." + UUID.randomUUID() + ".tmp");
          try {
            files.mkdirs(file.getParent());
            try (OutputStream out = files.create(temporary, false)) {
              out.write(text.getBytes(UTF_8));
            }
            HadoopFiles.replace(temporary, file);
          } finally {
            files.delete(temporary, false);
          }
          return file;
        });
  }

  /** The names in a folder, sorted, without hidden ones; nothing if there is no such folder. */
  public List<String> list(String folder) {
    return on(
        folder,
        "cannot be listed",
        (files, path) -> {
          try {
            return Arrays.stream(files.listStatus(path))
                .map(FileStatus::getPath)
                .map(Path::getName)
                .filter(name -> !name.startsWith("."))
                .sorted()
                .toList();
          } catch (FileNotFoundException e) {
            return List.of();
          }
        });
  }

  /** Deletes a file, or a folder with what is in it; nothing happens if there is none. */
  public void delete(String path) {
    on(path, "cannot be deleted", (files, file) -> files.delete(file, true));
  }

  /** Deletes the files in a folder, hidden ones too, that were written before some time. */
  public void deleteBefore(String folder, Instant time) {
    on(
        folder,
        "cannot be cleaned up",
        (files, path) -> {
          try {
            for (FileStatus file : files.listStatus(path)) {
              if (file.isFile() && file.getModificationTime() < time.toEpochMilli()) {
                files.delete(file.getPath(), false);
              }
            }
          } catch (FileNotFoundException e) {
            // Then there are none.
          }
          return folder;
        });
  }

  private interface Work<T> {
    T on(FileSystem files, Path path) throws IOException;
  }

  private <T> T on(String relative, String failure, Work<T> work) {
    Path root = HadoopFiles.path(location);
    Path path = relative.isEmpty() ? root : new Path(root, relative);
    try {
      return work.on(path.getFileSystem(HadoopFiles.configuration()), path);
    } catch (IOException | RuntimeException e) {
      throw LakeException.because(HadoopFiles.display(path), failure, e);
    }
  }
}
