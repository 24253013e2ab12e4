package dev.patron.pipelines.stages;

import dev.patron.features.accounts.Account;
import dev.patron.pipelines.console.Console;
import dev.patron.pipelines.console.JobException;
import dev.patron.transforms.lake.DataFile;
import dev.patron.transforms.lake.LakeTable;
import dev.patron.transforms.lake.TableSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a table says of what it was made of, held against what there is. */
public final class Lineage {
  /** The table property that says what became of the records of bronze. */
  private static final String ACCOUNT = "patron.account";

  /** The table property that says how many rows a table that is made of another was given. */
  private static final String ROWS = "patron.rows";

  private static final String SILVER = "silver/";

  private Lineage() {}

  /**
   * What became of the records that a silver table was made of.
   *
   * @param read records of bronze, since the table was made anew
   * @param refused those of them that are in quarantine
   * @param rows the rows that the table has
   */
  private record Made(long read, long refused, long rows) {
    static @Nullable Made of(TableSnapshot silver) {
      String text = silver.properties().getOrDefault(ACCOUNT, "");
      if (text.isEmpty()) {
        return null;
      }
      List<String> counts = List.of(text.split(" ", -1));
      return new Made(
          Long.parseLong(counts.get(0)),
          Long.parseLong(counts.get(1)),
          Long.parseLong(counts.get(2)));
    }
  }

  /**
   * The properties by which a silver table tells what became of the records of bronze.
   *
   * @param before the table that is carried on; null if it is made anew
   * @param account of the records that are new to it
   */
  static Map<String, String> properties(@Nullable TableSnapshot before, Account account) {
    Made known = before == null ? new Made(0, 0, 0) : Made.of(before);
    return known == null
        ? Map.of()
        : Map.of(
            ACCOUNT,
            (known.read() + account.get(Account.Count.READ))
                + " "
                + (known.refused() + account.get(Account.Count.QUARANTINED))
                + " "
                + account.get(Account.Count.WRITTEN));
  }

  /**
   * The properties by which a table that is made of another one tells how many rows it was given.
   * Nothing is opened for it: the log says of each file how many it has.
   *
   * @param files all that the table will have; where it is not known how many rows are in one,
   *     because another tool wrote it, the table does not tell
   */
  static Map<String, String> counted(List<DataFile> files) {
    boolean known = files.stream().allMatch(file -> file.rows() >= 0);
    return Map.of(ROWS, known ? Long.toString(Accounts.rows(files)) : "");
  }

  /**
   * That a table has other rows than it was given, in a sentence that begins with its name; empty
   * where it does not tell, as those of earlier versions do not.
   */
  static Optional<String> miscounted(TableSnapshot table) {
    String told = table.properties().getOrDefault(ROWS, "");
    return told.isEmpty() ? Optional.empty() : miscounted(table, Long.parseLong(told));
  }

  private static Optional<String> miscounted(TableSnapshot table, long told) {
    long rows = table.rows();
    return rows < 0 || rows == told
        ? Optional.empty()
        : Optional.of(
            "%s: it has %d rows where its account says %d; run --rebuild makes it anew"
                .formatted(table.table().name(), rows, told));
  }

  /**
   * Checks that a table that another is to be made of has the rows that it was given.
   *
   * @throws JobException if it has others
   */
  static void checkCounted(TableSnapshot table) {
    miscounted(table)
        .ifPresent(
            line -> {
              throw new JobException(line);
            });
  }

  /**
   * A table that can be carried on; null if there is none, or it has other rows than it was given:
   * what is built on the damage would count as whole.
   */
  static @Nullable TableSnapshot unlessMiscounted(@Nullable TableSnapshot table, Console console) {
    Optional<String> line = table == null ? Optional.empty() : miscounted(table);
    line.ifPresent(
        what -> console.note("patron: " + what.replaceFirst(";.*", "; it is made anew")));
    return line.isPresent() ? null : table;
  }

  /**
   * What is wrong with the tables that a table was made of and with what it was made into, each in
   * a sentence that begins with a table's name.
   */
  public static List<String> broken(TableSnapshot table) {
    String name = table.table().name();
    Optional<String> lost = lost(table);
    if (lost.isPresent()) {
      return List.of(lost.get());
    }
    Optional<String> miscounted = miscounted(table);
    if (miscounted.isPresent()) {
      return List.of(miscounted.get());
    }
    Made made = name.startsWith(SILVER) ? Made.of(table) : null;
    return made == null ? List.of() : accounts(table, name.substring(SILVER.length()), made);
  }

  private static List<String> accounts(TableSnapshot silver, String table, Made made) {
    List<String> broken = new ArrayList<>();
    miscounted(silver, made.rows()).ifPresent(broken::add);
    LakeTable bronze = sibling(silver, Ingest.bronze(table));
    long records = bronze.snapshot().rows();
    boolean isNewest = bronze.snapshot().version() == input(silver);
    if (records >= 0 && (isNewest ? records != made.read() : records < made.read())) {
      broken.add(
          "%s: it has %d records where %s was made of %d; restore it, or run --rebuild to go on with what is left"
              .formatted(bronze.name(), records, silver.table().name(), made.read()));
    }
    LakeTable quarantine = sibling(silver, SilverTable.quarantineOf(table));
    long refused = quarantine.latest().map(TableSnapshot::rows).orElse(0L);
    if (refused >= 0 && refused != made.refused()) {
      broken.add(
          "%s: it has %d records where %d were refused for %s; run --rebuild makes both anew"
              .formatted(quarantine.name(), refused, made.refused(), silver.table().name()));
    }
    return broken;
  }

  /**
   * What is not there any more of the table that a table was made of, in a sentence: its log, or
   * the newest of its versions.
   */
  static Optional<String> lost(TableSnapshot made) {
    String name = made.table().name();
    String from =
        switch (name) {
          case Features.CUSTOMERS -> PurchasesTable.TABLE;
          case Score.SCORES -> Features.CUSTOMERS;
          default -> name.replaceFirst("^" + SILVER, "bronze/");
        };
    long version = input(made);
    if (version < 0) {
      return Optional.empty();
    }
    long newest = sibling(made, from).version().orElse(-1);
    return newest >= version
        ? Optional.empty()
        : Optional.of(
            "%s: %s was made of its version %d, and %s; restore its _delta_log"
                .formatted(
                    from,
                    name,
                    version,
                    newest < 0 ? "it has no _delta_log" : "its newest is " + newest));
  }

  private static long input(TableSnapshot made) {
    String version = made.properties().get(SilverTable.BRONZE);
    return version == null ? Making.input(made) : Long.parseLong(version);
  }

  private static LakeTable sibling(TableSnapshot table, String name) {
    return LakeTable.at(table.table().warehouse(), name);
  }
}
