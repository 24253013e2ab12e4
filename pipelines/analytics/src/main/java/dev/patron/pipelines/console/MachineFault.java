package dev.patron.pipelines.console;

import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Why a disk, a network, a memory or a cluster said no, in words. Java's own message is often only
 * the name of the file or the host, and its kind stands in the name of the exception, which is for
 * programmers.
 */
public final class MachineFault {
  private MachineFault() {}

  /**
   * The reason of a failure, one line that says what and what to do about it; null if it is none
   * that a machine gave, so that where in the program it came up is of interest.
   */
  public static @Nullable String explain(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      if (root instanceof IOException && root.getCause() instanceof KafkaException) {
        // Kafka's own does not say which cluster.
        return firstLine(String.valueOf(root.getMessage()));
      }
      root = root.getCause();
    }
    if (root instanceof OutOfMemoryError) {
      return "the memory of its JVM, %,d MB, is too little; give it more with"
          .formatted(Runtime.getRuntime().maxMemory() >> 20)
          .concat(" PATRON_JAVA_OPTS=-Xmx..., on Spark with --driver-memory and --executor-memory");
    }
    String message = root.getMessage();
    if (!(root instanceof IOException) || message == null) {
      return null;
    }
    if (root instanceof UnknownHostException) {
      return "the host "
          + message.replaceFirst(": .*", "")
          + " is not known; see that its name is right and that this machine's network can look it"
          + " up";
    }
    return root instanceof FileSystemException file && file.getReason() == null
        ? file.getFile() + words(file)
        : firstLine(message);
  }

  /**
   * The same of any failure: what a machine gave, or else the first line that the innermost cause
   * says, or the name of its kind where it says nothing.
   */
  public static String reason(Throwable failure) {
    String fault = explain(failure);
    if (fault != null) {
      return fault;
    }
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage();
    return message == null || message.isBlank()
        ? root.getClass().getSimpleName()
        : firstLine(message.strip());
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse(message);
  }

  private static String words(FileSystemException e) {
    if (e instanceof NoSuchFileException) {
      return ": there is no such file or folder, and none can be made there; see that the path is"
          + " right, or name another";
    }
    if (e instanceof AccessDeniedException) {
      return ": this user may not read or write it; allow it, or name another place";
    }
    if (e instanceof NotDirectoryException) {
      return " is not a folder; name a folder";
    }
    return e instanceof FileAlreadyExistsException
        ? " is there already; remove it, or name another place"
        : " cannot be used (" + e.getClass().getSimpleName() + "); name another place";
  }
}
