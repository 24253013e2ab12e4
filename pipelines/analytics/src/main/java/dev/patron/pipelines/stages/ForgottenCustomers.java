package dev.patron.pipelines.stages;

import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.Schema;
import dev.patron.features.frame.Type;
import dev.patron.features.record.CustomerDigests;
import dev.patron.features.record.CustomerRecords;
import dev.patron.pipelines.dataset.Dataset;
import dev.patron.pipelines.dataset.Purchases;
import dev.patron.transforms.lake.TableScan;
import dev.patron.transforms.lake.TableSnapshot;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * {@code ops/forgotten}: the digests of the customers who were forgotten, and by which run. What
 * sources deliver of them later is held against it.
 */
final class ForgottenCustomers {
  /** The table's name. */
  static final String TABLE = "ops/forgotten";

  private static final Schema SCHEMA =
      Schema.of().with("digest", Type.STRING).with("run_id", Type.STRING);

  /** No row. */
  static final Frame NOBODY = Frame.empty(SCHEMA);

  private ForgottenCustomers() {}

  /** All of them, by {@link CustomerDigests#digest}. */
  static Set<String> digests(Job job) {
    Set<String> digests = new TreeSet<>();
    TableSnapshot known = job.latest(TABLE);
    if (known != null) {
      for (Frame frame : TableScan.of(known, SCHEMA.names())) {
        BytesColumn column = frame.bytes("digest");
        for (int row = 0; row < frame.rows(); row++) {
          digests.add(column.text(row));
        }
      }
    }
    return digests;
  }

  /** What tells their records, for each table of the dataset; empty while there are none. */
  static Map<String, CustomerRecords> records(Job job) {
    return records(job, CustomerDigests.of(digests(job)));
  }

  /** What tells the records of these customers. */
  static Map<String, CustomerRecords> records(Job job, CustomerDigests customers) {
    Map<String, CustomerRecords> records = new TreeMap<>();
    Purchases purchases = job.dataset().purchases();
    for (Dataset.Table table : job.dataset().tables()) {
      String column = job.dataset().customerColumn(table.name());
      if (column != null && purchases != null && !customers.isEmpty()) {
        records.put(
            table.name(),
            new CustomerRecords(
                table.definition(),
                column,
                purchases.customer(),
                job.dataset().customerColumnsBeside(table.name()),
                customers));
      }
    }
    return records;
  }

  /** A row a customer. */
  static Frame rows(Job job, Collection<String> digests) {
    FrameBuilder rows = new FrameBuilder(SCHEMA);
    for (String digest : digests) {
      rows.bytes("digest").append(digest);
      rows.bytes("run_id").append(job.runId());
    }
    return rows.build();
  }
}
