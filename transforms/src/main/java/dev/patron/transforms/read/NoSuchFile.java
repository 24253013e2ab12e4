package dev.patron.transforms.read;

/** Nothing lies where a dataset says that its files are. The message is for the user. */
public final class NoSuchFile extends RuntimeException {
  private static final long serialVersionUID = 1;

  NoSuchFile(String message) {
    super(message);
  }
}
