package dev.patron.runners.serving;

/** A request that cannot be answered as it is: the message says where and why. */
final class BadRequest extends RuntimeException {
  private static final long serialVersionUID = 1;

  BadRequest(String message) {
    super(message);
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this; // a client's mistake is no news of ours
  }
}
