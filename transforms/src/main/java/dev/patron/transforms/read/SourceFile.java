package dev.patron.transforms.read;

/**
 * A file to be read, or what is left of it.
 *
 * @param path where it lies, as a path or URI
 * @param size its length in bytes, as it was listed
 * @param modified when it last changed, in milliseconds since the epoch, as it was listed
 * @param after how many of its records were read before: reading resumes behind them. It is the
 *     number of bronze rows of this file that have an offset, in all tables of its group
 * @param group the group of tables that its records belong to, see {@link LandRecords}
 */
public record SourceFile(String path, long size, long modified, long after, String group)
    implements SourcePart {

  public SourceFile {
    if (after < 0) {
      throw new IllegalArgumentException(
          "%s: reading resumes behind record %d, which cannot be".formatted(path, after));
    }
  }

  /** This file from its first record. */
  public static SourceFile whole(String path, long size, long modified, String group) {
    return new SourceFile(path, size, modified, 0, group);
  }

  /** This file as one of another group. */
  public SourceFile inGroup(String newGroup) {
    return new SourceFile(path, size, modified, after, newGroup);
  }

  /** This file, but only what stands behind so many records. */
  public SourceFile resumeAfter(long records) {
    return new SourceFile(path, size, modified, records, group);
  }
}
