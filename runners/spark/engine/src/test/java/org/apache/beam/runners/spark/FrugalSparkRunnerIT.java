package org.apache.beam.runners.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes out of a pipeline, and how often a step is run for it. */
class FrugalSparkRunnerIT {
  private static final TupleTag<Integer> MAIN = new TupleTag<>() {};
  private static final TupleTag<String> TEXT = new TupleTag<>() {};
  private static final TupleTag<Integer> ODD = new TupleTag<>() {};
  private static final int ELEMENTS = 1000;

  /** What the tasks of this JVM have seen. */
  private static final Map<Integer, Integer> RUN = new ConcurrentHashMap<>();

  private static final ConcurrentLinkedQueue<Object> SEEN = new ConcurrentLinkedQueue<>();

  private static JavaSparkContext spark;

  @BeforeAll
  static void start() {
    spark =
        new JavaSparkContext(
            new SparkConf()
                .setMaster("local[2]")
                .setAppName("several outputs")
                .set("spark.driver.host", "localhost")
                .set("spark.ui.enabled", "false"));
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @BeforeEach
  void forget() {
    RUN.clear();
    SEEN.clear();
  }

  private static Pipeline pipeline(String level) {
    SparkContextOptions options = PipelineOptionsFactory.as(SparkContextOptions.class);
    options.setRunner(FrugalSparkRunner.class);
    options.setUsesProvidedSparkContext(true);
    options.setProvidedSparkContext(spark);
    options.setStorageLevel(level);
    return Pipeline.create(options);
  }

  private static PCollectionTuple several(Pipeline pipeline, int textBytes) {
    PCollectionTuple several =
        pipeline
            .apply(Create.of(IntStream.range(0, ELEMENTS).boxed().toList()))
            .apply(
                ParDo.of(new Several(textBytes))
                    .withOutputTags(MAIN, TupleTagList.of(TEXT).and(ODD)));
    several.get(TEXT).setCoder(StringUtf8Coder.of());
    several.get(ODD).setCoder(VarIntCoder.of());
    return several;
  }

  private static final class Several extends DoFn<Integer, Integer> {
    private final int textBytes;

    Several(int textBytes) {
      this.textBytes = textBytes;
    }

    @ProcessElement
    public void make(@Element Integer element, MultiOutputReceiver out) {
      RUN.merge(element, 1, Integer::sum);
      out.get(TEXT).output("x".repeat(textBytes) + element);
      out.get(MAIN).output(element);
      if (element % 2 == 1) {
        out.get(ODD).output(element);
      }
    }
  }

  private static final class See<T> extends DoFn<T, Void> {
    @ProcessElement
    public void see(@Element T element) {
      SEEN.add(element);
    }
  }

  private static <T> PCollection<Long> afterAShuffle(PCollection<T> elements) {
    return elements.apply(Count.globally());
  }

  private static List<Integer> odd() {
    return IntStream.range(0, ELEMENTS).filter(element -> element % 2 == 1).boxed().toList();
  }

  private static void assertEachWasMadeOnce() {
    assertThat(RUN).hasSize(ELEMENTS);
    assertThat(RUN.values()).containsOnly(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"MEMORY_AND_DISK", "MEMORY_ONLY", "DISK_ONLY"})
  void whatIsReadAfterTheMainOutputWasSetAside(String level) {
    Pipeline pipeline = pipeline(level);
    PCollectionTuple several = several(pipeline, 0);
    PCollection<Integer> main =
        afterAShuffle(several.get(MAIN)).apply(ParDo.of(new Narrow())).setCoder(VarIntCoder.of());
    PCollectionList.of(main)
        .and(several.get(ODD))
        .apply(Flatten.pCollections())
        .apply(ParDo.of(new See<>()));
    pipeline.run().waitUntilFinish();

    List<Object> expected = new ArrayList<>(odd());
    expected.add(ELEMENTS);
    assertThat(SEEN).containsExactlyInAnyOrderElementsOf(expected);
    assertEachWasMadeOnce();
  }

  private static final class Narrow extends DoFn<Long, Integer> {
    @ProcessElement
    public void narrow(@Element Long element, OutputReceiver<Integer> out) {
      out.output(element.intValue());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"MEMORY_AND_DISK", "MEMORY_ONLY", "DISK_ONLY"})
  void whatIsReadBeforeTheMainOutputHasAllKept(String level) {
    Pipeline pipeline = pipeline(level);
    PCollectionTuple several = several(pipeline, 0);
    PCollectionView<Iterable<Integer>> shown = several.get(ODD).apply(View.asIterable());
    several.get(MAIN).apply(ParDo.of(new SeeBeside(shown)).withSideInputs(shown));
    several.get(TEXT).apply(ParDo.of(new See<>()));
    pipeline.run().waitUntilFinish();

    List<Object> expected = new ArrayList<>();
    IntStream.range(0, ELEMENTS)
        .forEach(
            element -> {
              expected.add(KV.of(element, odd().size()));
              expected.add(Integer.toString(element));
            });
    assertThat(SEEN).containsExactlyInAnyOrderElementsOf(expected);
    assertEachWasMadeOnce();
  }

  private static final class SeeBeside extends DoFn<Integer, Void> {
    private final PCollectionView<Iterable<Integer>> shown;

    SeeBeside(PCollectionView<Iterable<Integer>> shown) {
      this.shown = shown;
    }

    @ProcessElement
    public void see(ProcessContext context) {
      int others = 0;
      for (Integer ignored : context.sideInput(shown)) {
        others++;
      }
      SEEN.add(KV.of(context.element(), others));
    }
  }

  @Test
  void tasksOfOneStageWaitForEachOther() {
    Pipeline pipeline = pipeline("MEMORY_AND_DISK");
    PCollectionTuple several = several(pipeline, 0);
    PCollectionList.of(several.get(ODD))
        .and(several.get(MAIN))
        .and(several.get(ODD))
        .apply(Flatten.pCollections())
        .apply(ParDo.of(new See<>()));
    pipeline.run().waitUntilFinish();

    List<Object> expected = new ArrayList<>(odd());
    expected.addAll(odd());
    IntStream.range(0, ELEMENTS).forEach(expected::add);
    assertThat(SEEN).containsExactlyInAnyOrderElementsOf(expected);
    assertEachWasMadeOnce();
  }

  @Test
  void anotherOutputMayBeTheLargeOne() {
    Pipeline pipeline = pipeline("MEMORY_AND_DISK");
    // Fifty megabytes of text.
    PCollectionTuple several = several(pipeline, 50_000);
    several.get(MAIN).apply(ParDo.of(new See<>()));
    several.get(TEXT).apply(ParDo.of(new SeeLength()));
    pipeline.run().waitUntilFinish();

    List<Object> expected = new ArrayList<>();
    IntStream.range(0, ELEMENTS)
        .forEach(
            element -> {
              expected.add(element);
              expected.add("%d is %d".formatted(element, Integer.toString(element).length()));
            });
    assertThat(SEEN).containsExactlyInAnyOrderElementsOf(expected);
    assertEachWasMadeOnce();
  }

  private static final class SeeLength extends DoFn<String, Void> {
    @ProcessElement
    public void see(@Element String text) {
      SEEN.add("%s is %d".formatted(text.replaceFirst("x+", ""), text.length() - 50_000));
    }
  }

  @Test
  void aStepOfWhichNobodyReadsTheMainOutputRunsForTheOthers() {
    Pipeline pipeline = pipeline("MEMORY_AND_DISK");
    several(pipeline, 0).get(ODD).apply(ParDo.of(new See<>()));
    pipeline.run().waitUntilFinish();

    assertThat(SEEN).containsExactlyInAnyOrderElementsOf(odd());
    assertEachWasMadeOnce();
  }

  @Test
  void theValuesOfAKeyComeTogetherAndCanBeGoneThroughTwice() {
    Pipeline pipeline = pipeline("MEMORY_AND_DISK");
    List<KV<Integer, String>> pairs = new ArrayList<>();
    Map<Integer, Integer> expected = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      int key = i % 700;
      pairs.add(KV.of(key, "value " + i));
      expected.merge(key, i, Integer::sum);
    }
    pipeline.apply(Create.of(pairs)).apply(GroupByKey.create()).apply(ParDo.of(new AddUpTwice()));
    pipeline.run().waitUntilFinish();

    List<Object> sums = new ArrayList<>();
    expected.forEach((key, sum) -> sums.add(KV.of(key, 2 * sum)));
    assertThat(SEEN).containsExactlyInAnyOrderElementsOf(sums);
  }

  private static final class AddUpTwice extends DoFn<KV<Integer, Iterable<String>>, Void> {
    @ProcessElement
    public void add(@Element KV<Integer, Iterable<String>> group) {
      int sum = 0;
      for (int i = 0; i < 2; i++) {
        for (String value : group.getValue()) {
          sum += Integer.parseInt(value.substring("value ".length()));
        }
      }
      SEEN.add(KV.of(group.getKey(), sum));
    }
  }

  @Test
  void anUnboundedCollectionIsRefused() {
    Pipeline pipeline = pipeline("MEMORY_AND_DISK");
    pipeline.apply(GenerateSequence.from(0)).apply(ParDo.of(new See<>()));
    assertThatThrownBy(pipeline::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a collection of the pipeline is unbounded");
  }
}
