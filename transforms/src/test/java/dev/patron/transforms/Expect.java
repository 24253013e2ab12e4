package dev.patron.transforms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.patron.features.accounts.Account;
import dev.patron.features.frame.Frame;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.values.PCollection;

/** Runs a pipeline on the DirectRunner and says what must come out. */
final class Expect {
  private Expect() {}

  static Pipeline pipeline() {
    return AnyRunner.pipeline();
  }

  /** These rows, in any order and in frames of any size. */
  static void rows(String where, PCollection<Frame> frames, Frame expected) {
    List<String> wanted = sorted(List.of(expected));
    PAssert.that(where, frames)
        .satisfies(
            actual -> {
              assertThat(sorted(actual)).as(where).isEqualTo(wanted);
              return null;
            });
  }

  /** Accounts that add up to this. */
  static void account(String where, PCollection<Account> accounts, Account expected) {
    String wanted = expected.toString();
    PAssert.that(where, accounts)
        .satisfies(
            actual -> {
              Account sum = new Account();
              actual.forEach(sum::add);
              assertThat(sum.toString()).as(where).isEqualTo(wanted);
              return null;
            });
  }

  private static List<String> sorted(Iterable<Frame> frames) {
    List<String> rows = new ArrayList<>();
    frames.forEach(frame -> frame.toRows().forEach(row -> rows.add(row.toString())));
    Collections.sort(rows);
    return rows;
  }
}
