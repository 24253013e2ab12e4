package dev.patron.transforms;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.KeyHashes;
import dev.patron.transforms.shuffle.ShownKeys;
import java.util.List;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;

/** The rows of all keys but some, which are only known while the pipeline runs. */
public final class WithoutKeys extends PTransform<PCollection<Frame>, PCollection<Frame>> {
  private final transient PCollection<Frame> keys;
  private final List<String> key;

  private WithoutKeys(PCollection<Frame> keys, List<String> key) {
    this.keys = keys;
    this.key = List.copyOf(key);
  }

  /**
   * Rows without those of these keys.
   *
   * @param keys {@link KeyHashes} frames
   * @param key the columns that a key consists of
   */
  public static WithoutKeys of(PCollection<Frame> keys, List<String> key) {
    return new WithoutKeys(keys, key);
  }

  @Override
  public PCollection<Frame> expand(PCollection<Frame> rows) {
    ShownKeys shown = ShownKeys.of("Show the keys to every worker", keys);
    return rows.apply(
        "Leave rows of these keys out",
        ParDo.of(new LeaveOut(shown, key)).withSideInputs(shown.view()));
  }

  private static final class LeaveOut extends DoFn<Frame, Frame> {
    private final ShownKeys keys;
    private final List<String> key;

    LeaveOut(ShownKeys keys, List<String> key) {
      this.keys = keys;
      this.key = key;
    }

    @ProcessElement
    public void leaveOut(ProcessContext context) {
      Frame left = keys.in(context).without(context.element(), key);
      if (left.rows() > 0) {
        context.output(left);
      }
    }
  }
}
