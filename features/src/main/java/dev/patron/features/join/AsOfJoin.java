package dev.patron.features.join;

import dev.patron.features.accounts.Account;
import dev.patron.features.accounts.Account.Count;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.LongColumn;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import java.io.Serializable;
import java.util.List;
import java.util.stream.Stream;

/**
 * The as-of join (SEMANTICS 13): each fact beside the version that was valid at its time, {@code
 * valid_from <= t < valid_to}. A fact without such a version keeps its place, with nulls, and is
 * counted as {@link Count#UNMATCHED}.
 *
 * @param factKey the columns of a fact that name the key of a version
 * @param factTime the timestamp column of a fact; a fact whose time is null matches nothing
 * @param versionKey the key columns of the versions, in the order of {@code factKey}
 * @param columns the columns of the version that a fact receives
 * @param beforeFirst whether a fact older than the first version of its key takes that one
 */
public record AsOfJoin(
    List<String> factKey,
    String factTime,
    List<String> versionKey,
    List<Taken> columns,
    boolean beforeFirst)
    implements Serializable {

  /**
   * A column that facts receive.
   *
   * @param column its name among the versions' columns
   * @param as its name beside the fact
   */
  public record Taken(String column, String as) implements Serializable {}

  /**
   * @throws IllegalArgumentException if the keys differ in length or are empty
   */
  public AsOfJoin {
    factKey = List.copyOf(factKey);
    versionKey = List.copyOf(versionKey);
    columns = List.copyOf(columns);
    if (factKey.isEmpty() || factKey.size() != versionKey.size()) {
      throw new IllegalArgumentException(
          "an as-of join of facts by %s with versions by %s: as many columns are needed on both"
                  .formatted(factKey, versionKey)
              + " sides, and at least one");
    }
  }

  /**
   * Facts beside their versions.
   *
   * @param rows the facts in the order in which they came, with the columns taken behind their own
   * @param account how many facts are {@link Count#UNMATCHED}
   */
  public record Joined(Frame rows, Account account) {}

  /** The schema of the joined rows. */
  public Schema schema(Schema facts, Schema versions) {
    Schema joined = facts;
    for (Taken taken : columns) {
      joined = joined.with(taken.as(), versions.type(taken.column()));
    }
    return joined;
  }

  /** Joins once; to join many frames of facts with the same versions, keep the {@link #index}. */
  public Joined join(Frame facts, Frame versions) {
    return index(versions).join(facts);
  }

  /**
   * Makes versions ready to be joined with.
   *
   * @param versions rows of a history table, in any order; versions of one key must not overlap
   * @throws IllegalArgumentException if a column is missing
   */
  public Index index(Frame versions) {
    return new Index(versions);
  }

  /** Versions ready to be joined with any number of frames of facts. Safe to share by threads. */
  public final class Index {
    /** The versions, sorted by key and then time. */
    private final Frame versions;

    private final LongColumn validFrom;
    private final LongColumn validTo;

    /** Where the versions of each key begin; the last one is the end. */
    private final int[] starts;

    /** From the hash of a key to its group; colliding keys are chained. */
    private final Long2IntOpenHashMap groups;

    private final int[] nextGroup;

    private Index(Frame unordered) {
      versions = unordered.sort(concat(versionKey, "valid_from"));
      validFrom = versions.longs("valid_from");
      validTo = versions.longs("valid_to");
      starts = versions.groups(versionKey);
      int count = starts.length - 1;
      nextGroup = new int[count];
      groups = new Long2IntOpenHashMap(count);
      groups.defaultReturnValue(-1);
      long[] hashes = versions.hash(versionKey);
      for (int group = 0; group < count; group++) {
        nextGroup[group] = groups.put(hashes[starts[group]], group);
      }
    }

    /**
     * Joins facts.
     *
     * @throws IllegalArgumentException if a column is missing, the time is no timestamp, the types
     *     of the keys differ, or a fact has a column of the name of one that it is to receive
     */
    public Joined join(Frame facts) {
      check(facts.schema());
      long[] hashes = facts.hash(factKey);
      LongColumn times = facts.longs(factTime);
      Column[] ofFact = columns(facts, factKey);
      Column[] ofVersion = columns(versions, versionKey);
      int[] matches = new int[facts.rows()];
      int unmatched = 0;
      for (int fact = 0; fact < matches.length; fact++) {
        int group = groups.get(hashes[fact]);
        while (group >= 0 && !same(ofFact, fact, ofVersion, starts[group])) {
          group = nextGroup[group];
        }
        matches[fact] = group < 0 || times.isNull(fact) ? -1 : versionAt(group, times.get(fact));
        unmatched += matches[fact] < 0 ? 1 : 0;
      }
      Account account = new Account();
      account.count(Count.UNMATCHED, unmatched);
      Frame joined = facts;
      for (Taken taken : columns) {
        joined =
            joined.with(
                taken.as(),
                versions.schema().type(taken.column()),
                versions.column(taken.column()).take(matches));
      }
      return new Joined(joined, account);
    }

    /** The version of this key that was valid at this time, or -1. */
    private int versionAt(int group, long time) {
      int low = starts[group];
      int high = starts[group + 1];
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (validFrom.get(middle) <= time) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      int last = low - 1;
      if (last < starts[group]) {
        return beforeFirst ? starts[group] : -1;
      }
      return validTo.isNull(last) || time < validTo.get(last) ? last : -1;
    }

    private void check(Schema facts) {
      if (!facts.type(factTime).equals(Type.TIMESTAMP)) {
        throw new IllegalArgumentException(
            "as-of join: the time '%s' is %s, and must be a timestamp"
                .formatted(factTime, facts.type(factTime)));
      }
      for (int i = 0; i < factKey.size(); i++) {
        Type ofFact = facts.type(factKey.get(i));
        Type ofVersion = versions.schema().type(versionKey.get(i));
        if (!ofFact.equals(ofVersion)) {
          throw new IllegalArgumentException(
              "as-of join: the facts' '%s' is %s, the versions' '%s' is %s; they never match"
                  .formatted(factKey.get(i), ofFact, versionKey.get(i), ofVersion));
        }
      }
      for (Taken taken : columns) {
        if (facts.has(taken.as())) {
          throw new IllegalArgumentException(
              "as-of join: the facts have a column '%s' already; take '%s' by another name"
                  .formatted(taken.as(), taken.column()));
        }
      }
    }

    private static boolean same(Column[] left, int row, Column[] right, int otherRow) {
      for (int i = 0; i < left.length; i++) {
        // As in SQL, a null key names nothing.
        if (left[i].isNull(row) || !left[i].same(row, right[i], otherRow)) {
          return false;
        }
      }
      return true;
    }

    private static Column[] columns(Frame frame, List<String> names) {
      return names.stream().map(frame::column).toArray(Column[]::new);
    }

    private static List<String> concat(List<String> names, String last) {
      return Stream.concat(names.stream(), Stream.of(last)).toList();
    }
  }
}
