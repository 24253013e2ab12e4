package dev.patron.transforms.read;

import dev.patron.transforms.parquet.HadoopFiles;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.ZipException;
import org.apache.hadoop.fs.Path;

/**
 * Whether a file that could not be read to its end is to blame itself. What is damaged is damaged
 * whenever it is read again; a file that may not be read, or whose disk or host does not answer, is
 * whole once that is mended, and must not be taken for read.
 */
final class Damage {
  private Damage() {}

  /**
   * Whether the file's content made its reading fail.
   *
   * @param failure what reading it ended with
   */
  static boolean isOf(String file, IOException failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (isOfAMachine(at)) {
        return false;
      }
    }
    return canBeRead(file);
  }

  /** File systems say with types of their own what is wrong with them, but not always. */
  private static boolean isOfAMachine(Throwable failure) {
    String name = failure.getClass().getName();
    return failure instanceof IOException
        && !(failure instanceof EOFException || failure instanceof ZipException)
        && !name.equals(IOException.class.getName())
        && !name.startsWith("dev.patron.")
        && !name.contains("parquet");
  }

  private static boolean canBeRead(String file) {
    Path path = HadoopFiles.path(file);
    try (InputStream in = path.getFileSystem(HadoopFiles.configuration()).open(path)) {
      in.transferTo(OutputStream.nullOutputStream());
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
