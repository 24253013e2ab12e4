package dev.patron.features.record;

import dev.patron.features.accounts.Account;
import dev.patron.features.accounts.Account.Count;
import dev.patron.features.frame.BytesColumn;
import dev.patron.features.frame.Frame;
import dev.patron.features.frame.FrameBuilder;
import dev.patron.features.frame.Schema;
import dev.patron.features.tables.TableDefinition.Format.Kind;
import dev.patron.features.tables.Tables;
import org.jspecify.annotations.Nullable;

/** What becomes of the records of a frame that make no rows, and how many there were. */
final class Verdicts {
  private final Frame bronze;
  private final BytesColumn texts;
  private final BytesColumn faults;
  private final @Nullable Reason[] reasons;
  private final @Nullable String[] details;
  private final Account account = new Account();

  Verdicts(Frame bronze) {
    this.bronze = bronze;
    this.texts = bronze.bytes("_value");
    this.faults = bronze.bytes("_fault");
    this.reasons = new Reason[bronze.rows()];
    this.details = new String[bronze.rows()];
    account.count(Count.READ, bronze.rows());
  }

  void refuse(int row, Reason reason, String detail) {
    reasons[row] = reason;
    details[row] = detail;
  }

  /** What was wrong with a record that was refused. */
  @Nullable String detail(int row) {
    return details[row];
  }

  void ignore() {
    account.count(Count.IGNORED);
  }

  Account account() {
    return account;
  }

  /** Whether a record needs no reading: it is refused or ignored for what is known of it. */
  boolean isSettled(int row, Kind kind) {
    if (!faults.isNull(row)) {
      String fault = faults.text(row);
      refuse(row, Reason.ofFault(fault), Reason.detailOfFault(fault));
      return true;
    }
    if (kind == Kind.PARQUET) {
      return false;
    }
    if (texts.isNull(row) || BronzeFrames.isBlank(texts.array(), texts.from(row), texts.to(row))) {
      ignore();
      return true;
    }
    if (texts.length(row) > RecordDecoder.MAX_RECORD_BYTES) {
      refuse(
          row,
          Reason.TOO_LARGE,
          "%d bytes, more than %d".formatted(texts.length(row), RecordDecoder.MAX_RECORD_BYTES));
      return true;
    }
    return false;
  }

  /** The records refused, as they came. */
  Frame quarantine() {
    FrameBuilder quarantine = new FrameBuilder(Tables.QUARANTINE);
    for (int row = 0; row < bronze.rows(); row++) {
      Reason reason = reasons[row];
      if (reason == null) {
        continue;
      }
      account.count(Count.QUARANTINED);
      for (Schema.Field field : Tables.QUARANTINE.fields()) {
        switch (field.name()) {
          case "reason" -> quarantine.bytes("reason").append(reason.name());
          case "detail" -> quarantine.bytes("detail").append(String.valueOf(details[row]));
          default -> quarantine.column(field.name()).appendFrom(bronze.column(field.name()), row);
        }
      }
    }
    return quarantine.build();
  }
}
