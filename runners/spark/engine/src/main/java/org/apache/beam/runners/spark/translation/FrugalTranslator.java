package org.apache.beam.runners.spark.translation;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.beam.runners.spark.metrics.MetricsAccumulator;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature;
import org.apache.beam.sdk.transforms.reflect.DoFnSignatures;
import org.apache.beam.sdk.util.WindowedValue;
import org.apache.beam.sdk.util.construction.ParDoTranslation;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.storage.StorageLevel;

/**
 * Beam's translation to RDDs, but for two kinds of steps that hold more than they need. Spark asks
 * for one output at a time, so of a step with several, Beam keeps all that it makes, the large
 * output and the small ones, and looks through it for each: here {@link StepOutputs} decide what is
 * kept. And {@link GroupInPieces} groups by key.
 */
public final class FrugalTranslator implements SparkPipelineTranslator {
  private final TransformTranslator.Translator beams = new TransformTranslator.Translator();

  @Override
  public boolean hasTranslation(PTransform<?, ?> transform) {
    return beams.hasTranslation(transform);
  }

  @Override
  @SuppressWarnings("unchecked")
  public <TransformT extends PTransform<?, ?>> TransformEvaluator<TransformT> translateBounded(
      PTransform<?, ?> transform) {
    TransformEvaluator<TransformT> translation = beams.translateBounded(transform);
    if (transform instanceof ParDo.MultiOutput<?, ?> step && !isStateful(step)) {
      return (TransformEvaluator<TransformT>)
          new SeveralOutputs<>((TransformEvaluator<ParDo.MultiOutput<Object, Object>>) translation);
    }
    if (transform instanceof GroupByKey<?, ?>) {
      return (TransformEvaluator<TransformT>)
          new GroupInPieces<>((TransformEvaluator<GroupByKey<Object, Object>>) translation);
    }
    return translation;
  }

  private static boolean isStateful(ParDo.MultiOutput<?, ?> step) {
    DoFnSignature signature = DoFnSignatures.signatureForDoFn(step.getFn());
    return signature.usesState() || signature.usesTimers();
  }

  @Override
  public <TransformT extends PTransform<?, ?>> TransformEvaluator<TransformT> translateUnbounded(
      PTransform<?, ?> transform) {
    return beams.translateUnbounded(transform);
  }

  private record SeveralOutputs<A, B>(TransformEvaluator<ParDo.MultiOutput<A, B>> beams)
      implements TransformEvaluator<ParDo.MultiOutput<A, B>> {
    @Override
    public void evaluate(ParDo.MultiOutput<A, B> step, EvaluationContext context) {
      Map<TupleTag<?>, PCollection<?>> outputs = new LinkedHashMap<>(context.getOutputs(step));
      outputs.values().retainAll(context.getCacheCandidates().keySet());
      PCollection<?> main = outputs.remove(step.getMainOutputTag());
      if (main == null || outputs.isEmpty()) {
        beams.evaluate(step, context);
        return;
      }
      StorageLevel level = StorageLevel.fromString(context.storageLevel());
      Map<TupleTag<?>, Coder<WindowedValue<?>>> coders =
          TranslationUtils.getTupleTagCoders(context.getOutputs(step));
      JavaPairRDD<TupleTag<?>, WindowedValue<?>> made = made(step, context);
      JavaPairRDD<TupleTag<?>, ValueAndCoderLazySerializable<WindowedValue<?>>> stored =
          made.mapToPair(TranslationUtils.getTupleTagEncodeFunction(coders)).persist(level);
      JavaPairRDD<TupleTag<?>, WindowedValue<?>> kept =
          stored.mapToPair(TranslationUtils.getTupleTagDecodeFunction(coders));
      StepOutputs all = new StepOutputs(made, kept, stored.id(), level);
      outputs.forEach(
          (tag, output) -> {
            RDD<?> place = context.getSparkContext().emptyRDD().persist(level).rdd();
            all.setAside(tag, place, of(coders, tag));
            put(context, output, new StepOutput(all, tag, false));
          });
      put(context, main, new StepOutput(all, step.getMainOutputTag(), true));
    }

    private static <V> V of(Map<TupleTag<?>, V> map, TupleTag<?> tag) {
      V value = map.get(tag);
      if (value == null) {
        throw new IllegalStateException("nothing is known of the output " + tag);
      }
      return value;
    }

    @SuppressWarnings("unchecked")
    private JavaPairRDD<TupleTag<?>, WindowedValue<?>> made(
        ParDo.MultiOutput<A, B> step, EvaluationContext context) {
      JavaRDD<WindowedValue<A>> input = ((BoundedDataset<A>) context.borrowDataset(step)).getRDD();
      return input.mapPartitionsToPair(
          new MultiDoFnFunction<>(
              MetricsAccumulator.getInstance(),
              context.getCurrentTransform().getFullName(),
              step.getFn(),
              context.getSerializableOptions(),
              step.getMainOutputTag(),
              step.getAdditionalOutputTags().getAll(),
              (Coder<A>) context.getInput(step).getCoder(),
              context.getOutputCoders(),
              TranslationUtils.getSideInputs(step.getSideInputs().values(), context),
              context.getInput(step).getWindowingStrategy(),
              false,
              ParDoTranslation.getSchemaInformation(context.getCurrentTransform()),
              ParDoTranslation.getSideInputMapping(context.getCurrentTransform()),
              false));
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static void put(EvaluationContext context, PCollection<?> output, RDD values) {
      context.putDataset(output, new BoundedDataset<>(values.toJavaRDD()));
    }

    @Override
    public String toNativeString() {
      return beams.toNativeString();
    }
  }
}
