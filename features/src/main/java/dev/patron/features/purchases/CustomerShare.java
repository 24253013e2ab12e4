package dev.patron.features.purchases;

import dev.patron.features.frame.CanonicalBytes;
import dev.patron.features.frame.Column;
import dev.patron.features.frame.Frame;
import java.io.Serializable;

/**
 * A seeded share of a shop's customers: everything of those who are in it, nothing of the others.
 * Who is in it depends on the customer's identity and the seed alone, so that the same customers
 * are met wherever their records lie.
 *
 * @param share from 0 to 1
 * @param seed of the choice
 */
public record CustomerShare(double share, long seed) implements Serializable {
  private static final double UNIT = 0x1p-53;

  public CustomerShare {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("share is " + share + "; 0 to 1 is wanted");
    }
  }

  /** The share that gives about so many of these customers; all of them if there are no more. */
  public static CustomerShare ofAbout(long wanted, long customers, long seed) {
    return new CustomerShare(customers <= wanted ? 1 : (double) wanted / customers, seed);
  }

  /** Whether everybody is in it. */
  public boolean isEverybody() {
    return share == 1;
  }

  /** The rows of the customers who are in it; of nobody's rows none, unless everybody is. */
  public Frame of(Frame rows) {
    if (isEverybody()) {
      return rows;
    }
    Column id = rows.column("customer_id");
    CanonicalBytes bytes = new CanonicalBytes();
    return rows.filter(
        row -> {
          if (id.isNull(row)) {
            return false;
          }
          bytes.clear().putLong(seed);
          id.canonical(row, bytes);
          return (bytes.hash64() >>> 11) * UNIT < share;
        });
  }
}
