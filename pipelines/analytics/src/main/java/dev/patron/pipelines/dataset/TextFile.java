package dev.patron.pipelines.dataset;

import dev.patron.pipelines.console.MachineFault;
import dev.patron.transforms.parquet.HadoopFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/** Reads small files of text from any file system that Hadoop knows. */
final class TextFile {
  private static final int MIB = 1024 * 1024;

  private TextFile() {}

  /** Why there is no text: what a sentence says behind the file's name, one line. */
  static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1L;

    private Unreadable(String why) {
      super(why);
    }

    String why() {
      return String.valueOf(getMessage());
    }
  }

  /**
   * All text of a file.
   *
   * @param location a path or URI, see {@link HadoopFiles#path}
   * @param mostBytes a file that is larger is not read to its end
   */
  static String read(String location, int mostBytes) throws Unreadable {
    byte[] bytes = bytes(location, mostBytes + 1);
    if (bytes.length > mostBytes) {
      throw new Unreadable(
          "is larger than "
              + (mostBytes % MIB == 0 ? mostBytes / MIB + " MiB" : mostBytes + " bytes"));
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new Unreadable("is not UTF-8 text");
    }
  }

  private static byte[] bytes(String location, int most) throws Unreadable {
    try {
      Path file = HadoopFiles.path(location);
      FileSystem files = file.getFileSystem(HadoopFiles.configuration());
      FileStatus status = status(files, file);
      if (status == null) {
        throw new Unreadable("does not exist");
      }
      if (status.isDirectory()) {
        throw new Unreadable("is a folder");
      }
      try (InputStream in = files.open(file)) {
        return in.readNBytes(most);
      }
    } catch (InvalidPathException e) {
      throw new Unreadable("does not exist");
    } catch (IOException | RuntimeException e) {
      // Hadoop throws unchecked what its settings or a URI have wrong: hosts, classes, schemes.
      throw new Unreadable("cannot be read (" + MachineFault.reason(e) + ")");
    }
  }

  /**
   * Null if there is no such file. Opening does not tell: a local file that this user may not read
   * is not found either.
   */
  private static @Nullable FileStatus status(FileSystem files, Path file) throws IOException {
    try {
      return files.getFileStatus(file);
    } catch (FileNotFoundException e) {
      return null;
    }
  }
}
