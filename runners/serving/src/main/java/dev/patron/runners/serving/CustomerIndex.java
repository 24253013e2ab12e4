package dev.patron.runners.serving;

import dev.patron.features.frame.Column;
import dev.patron.features.frame.Frame;
import dev.patron.transforms.lake.TableScan;
import dev.patron.transforms.lake.TableSnapshot;
import java.util.Arrays;
import java.util.List;

/**
 * The features of all customers of one table version, by identity. Held as a frame, by column, with
 * an open-addressed table of row numbers beside it: with the twenty features that trees read, a
 * million customers take about two hundred megabytes. Immutable.
 */
final class CustomerIndex {
  private static final int NONE = -1;
  private static final List<String> KEY = List.of(FeatureRows.CUSTOMER);

  private final Frame customers;
  private final int[] slots;

  private CustomerIndex(Frame customers) {
    this.customers = customers;
    // At most half full, so that a search that fails ends after few steps.
    slots = new int[Math.max(4, Integer.highestOneBit(Math.max(1, customers.rows())) * 4)];
    Arrays.fill(slots, NONE);
    long[] hashes = customers.hash(KEY);
    for (int row = 0; row < hashes.length; row++) {
      int slot = slot(hashes[row]);
      while (slots[slot] != NONE) {
        slot = slot + 1 & slots.length - 1;
      }
      slots[slot] = row;
    }
  }

  /** The customers of a frame with {@code customer_id}, which is unique in it. */
  static CustomerIndex of(Frame customers) {
    return new CustomerIndex(customers);
  }

  /** The customers of a table, in these columns. */
  static CustomerIndex of(TableSnapshot features, List<String> columns) {
    return new CustomerIndex(TableScan.of(features, columns).all());
  }

  private int slot(long hash) {
    return (int) (hash >>> 32) & slots.length - 1;
  }

  /** How many customers there are. */
  int size() {
    return customers.rows();
  }

  /** The columns that it knows. */
  List<String> columns() {
    return customers.schema().names();
  }

  /**
   * The row of each of these customers.
   *
   * @param identities one column, of the type that the table has
   * @return row numbers for {@link #rows}; -1 where there is no such customer
   */
  int[] find(Frame identities) {
    Column known = customers.column(FeatureRows.CUSTOMER);
    Column wanted = identities.column(FeatureRows.CUSTOMER);
    long[] hashes = identities.hash(KEY);
    int[] rows = new int[hashes.length];
    for (int i = 0; i < rows.length; i++) {
      int slot = slot(hashes[i]);
      while (slots[slot] != NONE && !known.same(slots[slot], wanted, i)) {
        slot = slot + 1 & slots.length - 1;
      }
      rows[i] = slots[slot];
    }
    return rows;
  }

  /** The features in these rows. */
  Frame rows(int[] rows) {
    return customers.take(rows);
  }
}
