package dev.patron.features.record;

/** Why a record was refused (SEMANTICS 16). The names are stable: users filter by them. */
public enum Reason {
  /** Not JSON, not a CSV line of its header, not UTF-8, or cut off by the end of a broken file. */
  MALFORMED,
  /** A change event whose {@code op} is none that is known. */
  UNKNOWN_OP,
  /** A change event that does not say where it comes from. */
  MISSING_SOURCE,
  /** A create, update or snapshot row without the row. */
  MISSING_IMAGE,
  /** A key column is null or absent. */
  MISSING_KEY,
  /** The record's key and the key columns of its row differ. */
  KEY_MISMATCH,
  /** Nothing says where the change stands in the source's log. */
  MISSING_POSITION,
  /** Nothing says when the change was committed. */
  MISSING_TIMESTAMP,
  /** A value that its column's type does not hold exactly. */
  WRONG_TYPE,
  /** More bytes than a record may have. */
  TOO_LARGE,
  /** Older than the horizon below which changes were compacted. */
  TOO_LATE,
  /** Refused by a rule of the dataset, which the detail names. */
  RULE;

  private static final String SEPARATOR = ": ";

  /** What the column {@code _fault} of a bronze table holds for this reason. */
  public String fault(String detail) {
    return name() + SEPARATOR + detail;
  }

  /**
   * The reason of a fault.
   *
   * @throws IllegalArgumentException if it was not written by {@link #fault}
   */
  static Reason ofFault(String fault) {
    return valueOf(fault.substring(0, separator(fault)));
  }

  /** The detail of a fault. */
  static String detailOfFault(String fault) {
    return fault.substring(separator(fault) + SEPARATOR.length());
  }

  private static int separator(String fault) {
    int at = fault.indexOf(SEPARATOR);
    if (at < 0) {
      throw new IllegalArgumentException("not a fault: '" + fault + "'");
    }
    return at;
  }
}
