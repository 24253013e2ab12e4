package dev.patron.transforms.read;

import dev.patron.transforms.parquet.HadoopFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
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

  /**
   * Of disks, networks and Hadoop's file systems. Libraries that unpack have exceptions of input
   * and output too, for what they cannot make sense of.
   */
  private static boolean isOfAMachine(Throwable failure) {
    String name = failure.getClass().getName();
    return failure instanceof FileNotFoundException
        || failure instanceof FileSystemException
        || failure instanceof InterruptedIOException
        || (failure instanceof IOException
            && (name.startsWith("java.net.") || name.startsWith("org.apache.hadoop.")));
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
