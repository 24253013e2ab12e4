package dev.patron.pipelines.stages;

import dev.patron.features.accounts.Account;
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
   * What is wrong with the tables that a table was made of and with what it was made into, each in
   * a sentence that begins with a table's name.
   */
  public static List<String> broken(TableSnapshot table) {
    String name = table.table().name();
    Optional<String> lost = lost(table);
    if (lost.isPresent()) {
      return List.of(lost.get());
    }
    Made made = name.startsWith(SILVER) ? Made.of(table) : null;
    return made == null ? List.of() : accounts(table, name.substring(SILVER.length()), made);
  }

  private static List<String> accounts(TableSnapshot silver, String table, Made made) {
    List<String> broken = new ArrayList<>();
    if (silver.rows() >= 0 && silver.rows() != made.rows()) {
      broken.add(
          "%s: it has %d rows where its account says %d; run --rebuild makes it anew"
              .formatted(silver.table().name(), silver.rows(), made.rows()));
    }
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
