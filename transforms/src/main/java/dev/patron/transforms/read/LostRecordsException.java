package dev.patron.transforms.read;

import java.io.IOException;

/**
 * A source does not have any more what it is known to have had. The message is one line that says
 * which records, and what to do.
 */
public final class LostRecordsException extends IOException {
  private static final long serialVersionUID = 1L;

  LostRecordsException(String message) {
    super(message);
  }
}
