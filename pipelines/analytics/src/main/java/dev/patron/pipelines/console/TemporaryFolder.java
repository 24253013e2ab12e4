package dev.patron.pipelines.console;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The folder for what lives no longer than a command: what waits between steps, and the native
 * parts of libraries that compress. These say with stack traces of their own that they found no
 * room.
 */
public final class TemporaryFolder {
  /** As much as the largest native part. */
  private static final int ROOM = 2 << 20;

  private TemporaryFolder() {}

  /**
   * Sees that there is one, and some room in it.
   *
   * @throws JobException if not, with the reason
   */
  public static void check() {
    check(Path.of(System.getProperty("java.io.tmpdir")));
  }

  static void check(Path folder) {
    try {
      Path probe = Files.createTempFile(folder, "patron", null);
      try {
        Files.write(probe, new byte[ROOM]);
      } finally {
        Files.delete(probe);
      }
    } catch (IOException e) {
      throw new JobException(problem(folder, e));
    }
  }

  static String problem(Path folder, IOException e) {
    String reason = e instanceof FileSystemException file ? file.getReason() : e.getMessage();
    String why =
        !Files.isDirectory(folder)
            ? "there is no such folder"
            : reason == null ? "this user may not write to it" : reason;
    return "the temporary folder %s cannot be used: %s".formatted(folder, why)
        + "; mend that, or name another with PATRON_JAVA_OPTS=-Djava.io.tmpdir=...";
  }
}
