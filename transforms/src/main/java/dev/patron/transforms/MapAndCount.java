package dev.patron.transforms;

import dev.patron.features.accounts.Account;
import dev.patron.features.frame.Frame;
import dev.patron.transforms.shuffle.AccountCoder;
import java.util.EnumMap;
import java.util.Map;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;

/**
 * Puts every frame through a kernel, as {@link MapFrames} does, and counts in the same pass: a step
 * beside it that does nothing but count would have what is large kept for it.
 */
public final class MapAndCount extends PTransform<PCollection<Frame>, PCollectionTuple> {
  /** What the kernel makes of the frames. Empty results are not passed on. */
  public static final TupleTag<Frame> ROWS = new TupleTag<>() {};

  /** What was counted; to be added up. */
  public static final TupleTag<Account> ACCOUNTS = new TupleTag<>() {};

  private final SerializableFunction<Frame, Frame> kernel;
  private final EnumMap<Account.Count, SerializableFunction<Frame, Frame>> counted;

  private MapAndCount(
      SerializableFunction<Frame, Frame> kernel,
      Map<Account.Count, SerializableFunction<Frame, Frame>> counted) {
    this.kernel = kernel;
    this.counted = new EnumMap<>(Account.Count.class);
    this.counted.putAll(counted);
  }

  /** A transform that puts every frame through this kernel, and counts nothing yet. */
  public static MapAndCount through(SerializableFunction<Frame, Frame> kernel) {
    return new MapAndCount(kernel, Map.of());
  }

  /** Counts as this the rows that a kernel leaves of each frame that comes in. */
  public MapAndCount counting(Account.Count count, SerializableFunction<Frame, Frame> rows) {
    MapAndCount more = new MapAndCount(kernel, counted);
    more.counted.put(count, rows);
    return more;
  }

  @Override
  public PCollectionTuple expand(PCollection<Frame> frames) {
    PCollectionTuple mapped =
        frames.apply(
            "Compute and count",
            ParDo.of(new Compute(kernel, counted)).withOutputTags(ROWS, TupleTagList.of(ACCOUNTS)));
    mapped.get(ACCOUNTS).setCoder(AccountCoder.of());
    return mapped;
  }

  private static final class Compute extends DoFn<Frame, Frame> {
    private final SerializableFunction<Frame, Frame> kernel;
    private final EnumMap<Account.Count, SerializableFunction<Frame, Frame>> counted;

    private Compute(
        SerializableFunction<Frame, Frame> kernel,
        EnumMap<Account.Count, SerializableFunction<Frame, Frame>> counted) {
      this.kernel = kernel;
      this.counted = counted;
    }

    @ProcessElement
    public void compute(@Element Frame frame, MultiOutputReceiver out) {
      Account account = new Account();
      counted.forEach((count, rows) -> account.count(count, rows.apply(frame).rows()));
      out.get(ACCOUNTS).output(account);
      Frame computed = kernel.apply(frame);
      if (computed.rows() > 0) {
        out.get(ROWS).output(computed);
      }
    }
  }
}
