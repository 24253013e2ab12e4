package dev.patron.transforms.read;

import java.io.IOException;

/** A source that is known to have more did not give it in time. The message is one line. */
final class NothingCameException extends IOException {
  private static final long serialVersionUID = 1L;

  NothingCameException(String message) {
    super(message);
  }
}
