package dev.patron.pipelines.console;

/**
 * What a user asked for cannot be done as asked: a wrong option, a missing file, a contradiction.
 * The message is one clear line that says what, where and what to do; the exit status is 2.
 */
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** With a message for the user. */
  public UsageException(String message) {
    super(message);
  }

  /** With a message for the user and what led to it. */
  public UsageException(String message, Throwable cause) {
    super(message, cause);
  }
}
