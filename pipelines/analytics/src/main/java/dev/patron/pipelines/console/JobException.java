package dev.patron.pipelines.console;

/**
 * A job that was asked for rightly and cannot end well: too much was refused, say. The message is
 * one clear line; the exit status is 1.
 */
public final class JobException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** With a message for the user. */
  public JobException(String message) {
    super(message);
  }
}
