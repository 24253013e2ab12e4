package dev.patron.transforms.read;

/**
 * A file to be read, or what is left of it.
 *
 * @param path where it lies, as a path or URI
 * @param size its length in bytes, as it was listed
 * @param modified when it last changed, in milliseconds since the epoch, as it was listed
 * @param after how many of its records were read before: reading resumes behind them
 * @param unfinished how many bytes of the next record were read before, since the file ended there
 *     without a line end; it is read again if it has grown. 0: none
 * @param group the group of tables that its records belong to, see {@link LandRecords}
 */
public record SourceFile(
    String path, long size, long modified, long after, long unfinished, String group)
    implements SourcePart {

  public SourceFile {
    if (after < 0) {
      throw new IllegalArgumentException(
          "%s: reading resumes behind record %d, which cannot be".formatted(path, after));
    }
  }

  /** This file from its first record. */
  public static SourceFile whole(String path, long size, long modified, String group) {
    return new SourceFile(path, size, modified, 0, 0, group);
  }

  /** This file as one of another group. */
  public SourceFile inGroup(String newGroup) {
    return new SourceFile(path, size, modified, after, unfinished, newGroup);
  }

  /** This file, but only what stands behind so many records. */
  public SourceFile resumeAfter(long records) {
    return resumeAfter(records, 0);
  }

  /** The same, where so many bytes of the next record were all that the file had of it. */
  public SourceFile resumeAfter(long records, long ofTheNext) {
    return new SourceFile(path, size, modified, records, ofTheNext, group);
  }
}
