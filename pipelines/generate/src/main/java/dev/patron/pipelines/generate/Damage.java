package dev.patron.pipelines.generate;

import java.util.List;

/**
 * What can be wrong with a record that nobody can read. The names are the reasons that quarantine
 * gives.
 */
enum Damage {
  /** The line breaks off. */
  MALFORMED,
  /** An operation that nobody knows. */
  UNKNOWN_OP,
  /** No source block. */
  MISSING_SOURCE,
  /** An update without the row after it. */
  MISSING_IMAGE,
  /** No key, neither the record's nor the row's. */
  MISSING_KEY,
  /** The record's key is another than the row's. */
  KEY_MISMATCH,
  /** No position in the source's log, or no sequence. */
  MISSING_POSITION,
  /** No instant in the source block. */
  MISSING_TIMESTAMP,
  /** A price or a time that is none. */
  WRONG_TYPE;

  /** What can happen to a change in Debezium's envelope. */
  static final List<Damage> OF_ENVELOPES = List.of(values());

  /** What can happen to a flat change row. */
  static final List<Damage> OF_ROWS = List.of(MALFORMED, MISSING_KEY, MISSING_POSITION, WRONG_TYPE);
}
