package dev.patron.transforms;

import dev.patron.features.frame.Frame;
import dev.patron.features.frame.Schema;
import dev.patron.transforms.shuffle.FrameCoder;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.CannotProvideCoderException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
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

  private static final class Merge extends Combine.CombineFn<Frame, Frame, Frame> {
    private final Schema schema;
    private final SerializableFunction<Frame, Frame> merge;

    private Merge(Schema schema, SerializableFunction<Frame, Frame> merge) {
      this.schema = schema;
      this.merge = merge;
    }

    @Override
    public Frame createAccumulator() {
      return Frame.empty(schema);
    }

    @Override
    public Frame addInput(Frame accumulator, Frame input) {
      return mergeAccumulators(List.of(accumulator, input));
    }

    @Override
    public Frame mergeAccumulators(Iterable<Frame> accumulators) {
      List<Frame> some = new ArrayList<>();
      for (Frame accumulator : accumulators) {
        if (accumulator.rows() > 0) {
          some.add(accumulator);
        }
      }
      return some.isEmpty() ? Frame.empty(schema) : merge.apply(Frame.concat(schema, some));
    }

    @Override
    public Frame extractOutput(Frame accumulator) {
      return accumulator;
    }

    @Override
    public Coder<Frame> getAccumulatorCoder(CoderRegistry registry, Coder<Frame> input)
        throws CannotProvideCoderException {
      return FrameCoder.of();
    }

    @Override
    public Coder<Frame> getDefaultOutputCoder(CoderRegistry registry, Coder<Frame> input) {
      return FrameCoder.of();
    }
  }
}
