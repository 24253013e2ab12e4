package dev.patron.transforms.read;

/** The cluster has no topic of the name that a dataset says. The message is for the user. */
public final class NoSuchTopic extends RuntimeException {
  private static final long serialVersionUID = 1;

  NoSuchTopic(String message) {
    super(message);
  }
}
