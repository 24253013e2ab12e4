package dev.patron.pipelines.stages;

import dev.patron.transforms.lake.LakeException;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.TableSnapshot;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a table is made of, as its properties remember it: so that it is not made again of the same,
 * and is carried on when only its input moved.
 *
 * @param definition a {@link Fingerprint} of how it is made
 * @param input the version of the table that it is made of
 */
record Making(String definition, long input) {
  private static final String DEFINITION = "patron.definition";

  /** The property that holds the version of the input. */
  static final String INPUT = "patron.input";

  private static final String SINCE = "patron.since";

  /** Whether a table was made so. */
  boolean isOf(@Nullable TableSnapshot table) {
    return table != null && isLike(table) && input == number(table, INPUT);
  }

  private boolean isLike(TableSnapshot table) {
    return definition.equals(table.properties().get(DEFINITION));
  }

  /**
   * The input of a table that was made like this, as it was; null if it was made otherwise, or if
   * its input cannot be read as it was any more.
   */
  @Nullable TableSnapshot before(@Nullable TableSnapshot table, LakeTable of) {
    if (table == null || !isLike(table)) {
      return null;
    }
    long version = number(table, INPUT);
    if (version > input) {
      return null;
    }
    return at(of, version);
  }

  /** A table as it was at a version; null if it cannot be read as it was any more. */
  static @Nullable TableSnapshot at(LakeTable table, long version) {
    if (version < 0) {
      return null;
    }
    try {
      TableSnapshot then = table.snapshot(version);
      return then.hasItsFiles() ? then : null;
    } catch (LakeException e) {
      return null;
    }
  }

  /** What is done with a table as it was at a version; null if it cannot be read as it was. */
  @FunctionalInterface
  interface Use<T> {
    T of(@Nullable TableSnapshot then) throws IOException;
  }

  /**
   * Does something with a table as it was at a version, or without it. Where that fails and the
   * version cannot be read any more, it is done again without: {@code forget} and {@code vacuum}
   * may take its files away after it was looked for and before it is read.
   */
  static <T> T withOrWithout(LakeTable table, long version, Use<T> use) throws IOException {
    TableSnapshot then = at(table, version);
    try {
      return use.of(then);
    } catch (IOException | RuntimeException e) {
      if (then == null || at(table, version) != null) {
        throw e;
      }
    }
    return use.of(null);
  }

  /**
   * The properties by which the table will be recognised.
   *
   * @param since the version of it that it tells the difference to; -1: none
   */
  Map<String, String> properties(long since) {
    return Map.of(
        DEFINITION, definition, INPUT, String.valueOf(input), SINCE, String.valueOf(since));
  }

  /**
   * The properties by which a table says that its input is at another version with the same rows.
   * It then differs from its own version before by nothing, and so by no more than it says.
   */
  static Map<String, String> sameInputAt(TableSnapshot table, long version) {
    return Map.of(INPUT, String.valueOf(version), SINCE, String.valueOf(table.version()));
  }

  /** The version of what a table was made of; -1: it does not say. */
  static long input(TableSnapshot table) {
    return number(table, INPUT);
  }

  /** The version that a table tells the difference to; -1: none. */
  static long since(TableSnapshot table) {
    return number(table, SINCE);
  }

  private static long number(TableSnapshot table, String property) {
    String value = table.properties().get(property);
    return value == null ? -1 : Long.parseLong(value);
  }
}
