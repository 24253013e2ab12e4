package dev.patron.pipelines.stages;

import dev.patron.features.frame.Schema;
import dev.patron.pipelines.dataset.Dataset;
import dev.patron.transforms.lake.Commit;
import dev.patron.transforms.lake.SmallFiles;
import dev.patron.transforms.lake.TableSnapshot;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Joins the small files that increments leave in the tables that they add to, however long a stream
 * runs or however many nights there are. Whoever remembers the version of a table that it has seen
 * is told of the new one in the same decision, for there is nothing new in it.
 */
public final class Compact {
  private final Job job;
  private final int most;
  private final Changes changes;

  private Compact(Job job, int most) {
    this.job = job;
    this.most = most;
    this.changes = new Changes(job);
  }

  /**
   * Joins where there are many.
   *
   * @param most so many small files of a table and bucket are left alone
   */
  public static void run(Job job, int most) {
    new Compact(job, most).run();
  }

  private void run() {
    for (Dataset.Table table : job.dataset().tables()) {
      String name = table.name();
      join("quarantine/" + name, null, "");
      join("state/" + name, null, "");
      TableSnapshot silver = job.latest("silver/" + name);
      boolean joined = join(Ingest.bronze(name), silver, SilverTable.BRONZE);
      // One change a table and decision; the other waits for the next time.
      if (!joined) {
        join("silver/" + name, null, "");
      }
    }
    TableSnapshot features = job.latest(Features.CUSTOMERS);
    join(PurchasesTable.TABLE, features, Making.INPUT);
    join(RunLog.TABLE, null, "");
    changes.decide("compact");
  }

  /**
   * Joins a table's small files.
   *
   * @param reader the table that remembers how far it has read this one; null if none does
   * @param property where it remembers it
   * @return whether there was anything to join
   */
  private boolean join(String name, @Nullable TableSnapshot reader, String property) {
    TableSnapshot table = job.latest(name);
    if (table == null) {
      return false;
    }
    String seen = reader == null ? null : reader.properties().get(property);
    if (seen != null && !seen.equals(String.valueOf(table.version()))) {
      // It has not read all of it yet, and must find the files that are new to it.
      return false;
    }
    Optional<Commit> joined = SmallFiles.join(table, most);
    joined.ifPresent(
        commit -> {
          changes.commit(name, commit);
          if (reader != null && seen != null) {
            Schema schema = reader.schema();
            changes.commit(
                reader.table().name(),
                Commit.replace(schema, List.of(), List.of())
                    .withProperties(
                        property.equals(Making.INPUT)
                            ? Making.sameInputAt(reader, table.version() + 1)
                            : Map.of(property, String.valueOf(table.version() + 1))));
          }
        });
    return joined.isPresent();
  }
}
