package dev.patron.runners.serving;

/** Which program it is. */
final class Version {
  /** The version of the jar; "development" where classes run from folders. */
  static final String TEXT = text();

  private Version() {}

  private static String text() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
