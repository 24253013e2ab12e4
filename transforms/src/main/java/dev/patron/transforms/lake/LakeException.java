package dev.patron.transforms.lake;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the warehouse could not do. The message is one line: where, what, and what to do if known.
 */
public final class LakeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean conflict;

  private LakeException(String message, boolean conflict, @Nullable Throwable cause) {
    super(message, cause);
    this.conflict = conflict;
  }

  LakeException(String message) {
    this(message, false, null);
  }

  /** Somebody else changed the table after it was read for this commit. */
  static LakeException conflict(String message) {
    return new LakeException(message, true, null);
  }

  /** {@code place: what: the reason that the innermost exception gives}, on one line. */
  static LakeException because(String place, String what, Exception cause) {
    if (cause instanceof LakeException same) {
      return same;
    }
    Throwable told = cause;
    for (Throwable at = cause; at != null; at = at.getCause()) {
      boolean says = at.getMessage() != null && !at.getMessage().isBlank();
      if (says || at instanceof IOException) {
        told = at;
      }
    }
    // Where the place is said already, only why.
    String message =
        told instanceof FileSystemException file
                && file.getReason() != null
                && what.contains(String.valueOf(file.getFile()))
            ? file.getReason()
            : told.getMessage();
    String reason =
        message == null || message.isBlank()
            ? told.getClass().getSimpleName()
            : message.lines().findFirst().orElse(message).strip();
    return new LakeException(place + ": " + what + ": " + reason, false, cause);
  }

  /** Which file could not be read; what Parquet says of it does not always tell. */
  static LakeException damaged(TablePart file, Exception cause) {
    return because(
        file.table(), "data file %s is missing or damaged".formatted(file.path().getName()), cause);
  }

  /**
   * The same of what could not be read from a table's log; the reason is the file of the log that
   * is to blame, if one is.
   */
  static LakeException ofLog(LakeTable table, String what, Exception cause) {
    if (cause instanceof LakeException same) {
      return same;
    }
    try {
      Optional<String> fault = LogFiles.of(table.path()).firstFault();
      if (fault.isPresent()) {
        return new LakeException(table.name() + ": " + what + ": " + fault.get(), false, cause);
      }
    } catch (IOException e) {
      // Then it is the same that kept the log from being read.
    }
    return because(table.name(), what, cause);
  }

  /** Whether a concurrent writer won; what was to be written may be computed again and retried. */
  public boolean isConflict() {
    return conflict;
  }
}
