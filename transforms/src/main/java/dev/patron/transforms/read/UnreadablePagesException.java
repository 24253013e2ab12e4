package dev.patron.transforms.read;

import java.io.IOException;

/**
 * A service does not give the pages that its definition promises, and asking again at once would
 * not help. The message is one line that says which source and what it did, without its secrets.
 */
public final class UnreadablePagesException extends IOException {
  private static final long serialVersionUID = 1L;

  UnreadablePagesException(String message) {
    super(message);
  }
}
