package dev.patron.transforms.parquet;

import java.io.FileNotFoundException;
import java.io.IOException;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/** A file that cannot be read as Parquet. The message is one line that names the file and why. */
public final class UnreadableFileException extends IOException {
  private static final long serialVersionUID = 1L;

  UnreadableFileException(Path file, String why, @Nullable Throwable cause) {
    super(HadoopFiles.display(file) + " cannot be read as Parquet: " + why, cause);
  }

  static UnreadableFileException of(Path file, Exception cause) {
    return cause instanceof UnreadableFileException same
        ? same
        : new UnreadableFileException(file, why(cause), cause);
  }

  private static String why(Exception cause) {
    if (cause instanceof FileNotFoundException) {
      return "there is no such file";
    }
    // Parquet wraps what happened in what it was doing; the innermost says more, if it says
    // anything.
    Throwable told = cause;
    for (Throwable at = cause; at != null; at = at.getCause()) {
      if (at.getMessage() != null && !at.getMessage().isBlank()) {
        told = at;
      }
    }
    String message = told.getMessage();
    return message == null || message.isBlank()
        ? "it is truncated or damaged (" + told.getClass().getSimpleName() + ")"
        : message.lines().findFirst().orElse(message).strip();
  }
}
