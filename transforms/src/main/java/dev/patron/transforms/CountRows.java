package dev.patron.transforms;

import dev.patron.features.accounts.Account;
import dev.patron.features.frame.Frame;
import dev.patron.transforms.shuffle.AccountCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;

/** Counts the rows that a kernel leaves of each frame, as one of the counts of an account. */
public final class CountRows extends PTransform<PCollection<Frame>, PCollection<Account>> {
  private final Account.Count count;
  private final SerializableFunction<Frame, Frame> kernel;

  private CountRows(Account.Count count, SerializableFunction<Frame, Frame> kernel) {
    this.count = count;
    this.kernel = kernel;
  }

  /** Counts as this what the kernel leaves. */
  public static CountRows as(Account.Count count, SerializableFunction<Frame, Frame> kernel) {
    return new CountRows(count, kernel);
  }

  @Override
  public PCollection<Account> expand(PCollection<Frame> frames) {
    return frames.apply("Count", ParDo.of(new Counter(count, kernel))).setCoder(AccountCoder.of());
  }

  private static final class Counter extends DoFn<Frame, Account> {
    private final Account.Count count;
    private final SerializableFunction<Frame, Frame> kernel;

    private Counter(Account.Count count, SerializableFunction<Frame, Frame> kernel) {
      this.count = count;
      this.kernel = kernel;
    }

    @ProcessElement
    public void count(@Element Frame frame, OutputReceiver<Account> out) {
      Account account = new Account();
      account.count(count, kernel.apply(frame).rows());
      out.output(account);
    }
  }
}
