package dev.patron.transforms;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.transforms.shuffle.FrameCoder;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;

/**
 * Merges small partial results into one: counts, sums, sufficient statistics. The result is one
 * frame, also where there was nothing to merge.
 */
public final class MergePartials extends PTransform<PCollection<Frame>, PCollection<Frame>> {
  private final Schema schema;
  private final SerializableFunction<Frame, Frame> merge;

  private MergePartials(Schema schema, SerializableFunction<Frame, Frame> merge) {
    this.schema = schema;
    this.merge = merge;
  }

  /**
   * Merges partial results of this schema.
   *
   * @param merge makes one frame of the same schema of several concatenated ones; it must not
   *     matter in which order and in how many steps
   */
  public static MergePartials of(Schema schema, SerializableFunction<Frame, Frame> merge) {
    return new MergePartials(schema, merge);
  }

  @Override
  public PCollection<Frame> expand(PCollection<Frame> partials) {
    // Beam's own default would travel by Java serialisation; an empty frame beside the others does
    // the same by our coder.
    PCollection<Frame> nothing =
        partials
            .getPipeline()
            .apply(
                "Nothing of " + partials.getName(),
                Create.of(Frame.empty(schema)).withCoder(FrameCoder.of()));
    return PCollectionList.of(partials)
        .and(nothing)
        .apply("Partial results or nothing", Flatten.pCollections())
        .apply(
            "Merge partial results", Combine.globally(new Merge(schema, merge)).withoutDefaults());
  }

  /**
   * The accumulator is the result so far and, behind it, what came since. That is merged when it
   * has as many rows: if it were merged with every frame, partial results of many rows would be
   * gone through again for each that comes.
   */
  private static final class Merge extends Combine.CombineFn<Frame, List<Frame>, Frame> {
    private static final int FEW_ROWS = 1_000;

    private final Schema schema;
    private final SerializableFunction<Frame, Frame> merge;

    private Merge(Schema schema, SerializableFunction<Frame, Frame> merge) {
      this.schema = schema;
      this.merge = merge;
    }

    @Override
    public List<Frame> createAccumulator() {
      return new ArrayList<>();
    }

    @Override
    public List<Frame> addInput(List<Frame> accumulator, Frame input) {
      if (input.rows() == 0) {
        return accumulator;
      }
      accumulator.add(input);
      long since = 0;
      for (Frame frame : accumulator.subList(1, accumulator.size())) {
        since += frame.rows();
      }
      return since < Math.max(FEW_ROWS, accumulator.get(0).rows())
          ? accumulator
          : compact(accumulator);
    }

    @Override
    public List<Frame> mergeAccumulators(Iterable<List<Frame>> accumulators) {
      List<Frame> all = new ArrayList<>();
      for (List<Frame> accumulator : accumulators) {
        all.addAll(accumulator);
      }
      return compact(all);
    }

    @Override
    public List<Frame> compact(List<Frame> accumulator) {
      List<Frame> one = new ArrayList<>();
      if (!accumulator.isEmpty()) {
        one.add(merge.apply(Frame.concat(schema, accumulator)));
      }
      return one;
    }

    @Override
    public Frame extractOutput(List<Frame> accumulator) {
      return Frame.concat(schema, compact(accumulator));
    }

    @Override
    public Coder<List<Frame>> getAccumulatorCoder(CoderRegistry registry, Coder<Frame> input) {
      return ListCoder.of(FrameCoder.of());
    }

    @Override
    public Coder<Frame> getDefaultOutputCoder(CoderRegistry registry, Coder<Frame> input) {
      return FrameCoder.of();
    }
  }
}
