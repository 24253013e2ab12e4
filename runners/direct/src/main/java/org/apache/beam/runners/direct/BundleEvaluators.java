package org.apache.beam.runners.direct;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.runners.AppliedPTransform;
import org.apache.beam.sdk.transforms.DoFnSchemaInformation;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.util.construction.PTransformTranslation;
import org.apache.beam.sdk.util.construction.ParDoTranslation;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.jspecify.annotations.Nullable;

/**
 * What evaluates bundles of a step: Beam's evaluators. Beam's registry translates a ParDo into its
 * portable form, function and all, for every bundle, to read from it what has not changed since the
 * last one; here it is read once for a step.
 */
final class BundleEvaluators {
  private final TransformEvaluatorRegistry registry;
  private final ParDoEvaluatorFactory<Object, Object> parDos;
  private final Map<String, Step> steps = new ConcurrentHashMap<>();

  BundleEvaluators(EvaluationContext context, PipelineOptions options) {
    this.registry = TransformEvaluatorRegistry.javaSdkNativeRegistry(context, options);
    this.parDos =
        new ParDoEvaluatorFactory<>(
            context,
            ParDoEvaluator.defaultRunnerFactory(),
            ParDoEvaluatorFactory.basicDoFnCacheLoader(),
            options);
  }

  /** The evaluator of this bundle; null if there is nothing to do. */
  @SuppressWarnings("unchecked") // A step's bundles hold what its function takes.
  <T> @Nullable TransformEvaluator<T> of(
      AppliedPTransform<?, ?, ?> application, CommittedBundle<T> bundle) throws Exception {
    if (!PTransformTranslation.PAR_DO_TRANSFORM_URN.equals(
        PTransformTranslation.urnForTransform(application.getTransform()))) {
      return registry.forApplication(application, bundle);
    }
    Step step = steps.get(application.getFullName());
    if (step == null) {
      step = Step.of(application, requireNonNull(bundle.getPCollection()));
      steps.put(application.getFullName(), step);
    }
    return (TransformEvaluator<T>)
        parDos.createEvaluator(
            (AppliedPTransform) application,
            (PCollection<Object>) requireNonNull(bundle.getPCollection()),
            bundle.getKey(),
            step.sideInputs,
            step.mainOutput,
            step.otherOutputs,
            step.schemas,
            step.sideInputsByName);
  }

  /** Takes down all functions. */
  void cleanup() throws Exception {
    try {
      registry.cleanup();
    } finally {
      parDos.cleanup();
    }
  }

  /** What does not change from bundle to bundle. */
  private record Step(
      List<PCollectionView<?>> sideInputs,
      TupleTag<Object> mainOutput,
      List<TupleTag<?>> otherOutputs,
      DoFnSchemaInformation schemas,
      Map<String, PCollectionView<?>> sideInputsByName) {
    @SuppressWarnings("unchecked")
    static Step of(AppliedPTransform<?, ?, ?> application, PCollection<?> input) throws Exception {
      // As it was applied, a ParDo says of itself what is otherwise read from its portable form.
      if (application.getTransform() instanceof ParDo.MultiOutput<?, ?> step) {
        return new Step(
            List.copyOf(step.getSideInputs().values()),
            (TupleTag<Object>) step.getMainOutputTag(),
            step.getAdditionalOutputTags().getAll(),
            ParDo.getDoFnSchemaInformation(step.getFn(), input),
            step.getSideInputs());
      }
      return new Step(
          ParDoTranslation.getSideInputs(application),
          (TupleTag<Object>) ParDoTranslation.getMainOutputTag(application),
          ParDoTranslation.getAdditionalOutputTags(application).getAll(),
          ParDoTranslation.getSchemaInformation(application),
          ParDoTranslation.getSideInputMapping(application));
    }
  }
}
