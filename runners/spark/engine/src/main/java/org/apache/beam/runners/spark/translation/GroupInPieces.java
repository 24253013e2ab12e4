package org.apache.beam.runners.spark.translation;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import org.apache.beam.runners.spark.SparkPipelineOptions;
import org.apache.beam.runners.spark.coders.CoderHelpers;
import org.apache.beam.runners.spark.util.ByteArray;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.util.WindowedValue;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.apache.spark.HashPartitioner;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.ShuffledRDD;
import org.apache.spark.serializer.KryoSerializer;
import scala.Tuple2;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * Groups by key without windows. Beam has as many partitions as there are tasks at a time, holds
 * all groups of a partition at once, and keeps them in memory until the pipeline ends, read or not.
 * Here a task goes through many small partitions, one after the other.
 */
record GroupInPieces<K, V>(TransformEvaluator<GroupByKey<K, V>> beams)
    implements TransformEvaluator<GroupByKey<K, V>> {
  /**
   * Into how many partitions keys are divided, at least. Up to 200, Spark writes each to a file of
   * its own instead of sorting by partition.
   */
  private static final int PIECES = 128;

  @Override
  @SuppressWarnings("unchecked")
  public void evaluate(GroupByKey<K, V> transform, EvaluationContext context) {
    WindowingStrategy<?, ?> windows = context.getInput(transform).getWindowingStrategy();
    long bundle = context.getOptions().as(SparkPipelineOptions.class).getBundleSize();
    if (!windows.getWindowFn().equals(new GlobalWindows())
        || windows.getTimestampCombiner() != TimestampCombiner.END_OF_WINDOW
        || bundle > 0) {
      beams.evaluate(transform, context);
      return;
    }
    KvCoder<K, V> coder = (KvCoder<K, V>) context.getInput(transform).getCoder();
    Coder<K> keys = coder.getKeyCoder();
    Coder<V> values = coder.getValueCoder();
    JavaRDD<WindowedValue<KV<K, V>>> input =
        ((BoundedDataset<KV<K, V>>) context.borrowDataset(transform)).getRDD();
    JavaPairRDD<ByteArray, byte[]> encoded =
        input.mapToPair(
            element ->
                new Tuple2<>(
                    new ByteArray(CoderHelpers.toByteArray(element.getValue().getKey(), keys)),
                    CoderHelpers.toByteArray(element.getValue().getValue(), values)));
    int tasks = context.getSparkContext().defaultParallelism();
    int pieces = tasks * Math.max(1, PIECES / tasks);
    context.putDataset(
        transform,
        new BoundedDataset<>(
            shuffled(encoded, pieces)
                .mapPartitions(piece -> groups(piece, keys, values))
                .coalesce(tasks)));
  }

  /** Java's own streams, of which one is open for each piece, remember what they have written. */
  private static JavaRDD<Tuple2<ByteArray, byte[]>> shuffled(
      JavaPairRDD<ByteArray, byte[]> encoded, int pieces) {
    ClassTag<byte[]> bytes = ClassTag$.MODULE$.apply(byte[].class);
    return new ShuffledRDD<ByteArray, byte[], byte[]>(
            encoded.rdd(),
            new HashPartitioner(pieces),
            ClassTag$.MODULE$.apply(ByteArray.class),
            bytes,
            bytes)
        .setSerializer(new KryoSerializer(new SparkConf(false)))
        .toJavaRDD();
  }

  /** The groups of a partition, each of which is let go when it has been taken. */
  private static <K, V> Iterator<WindowedValue<KV<K, Iterable<V>>>> groups(
      Iterator<Tuple2<ByteArray, byte[]>> piece, Coder<K> keys, Coder<V> values) {
    TreeMap<ByteArray, List<byte[]>> groups = new TreeMap<>();
    piece.forEachRemaining(
        element ->
            groups.computeIfAbsent(element._1(), any -> new ArrayList<>()).add(element._2()));
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return !groups.isEmpty();
      }

      @Override
      public WindowedValue<KV<K, Iterable<V>>> next() {
        ByteArray key = groups.firstKey();
        List<byte[]> group = groups.remove(key);
        Iterable<V> decoded =
            () -> group.stream().map(value -> CoderHelpers.fromByteArray(value, values)).iterator();
        return WindowedValue.timestampedValueInGlobalWindow(
            KV.of(CoderHelpers.fromByteArray(key.getValue(), keys), decoded),
            GlobalWindow.INSTANCE.maxTimestamp(),
            PaneInfo.ON_TIME_AND_ONLY_FIRING);
      }
    };
  }

  @Override
  public String toNativeString() {
    return beams.toNativeString();
  }
}
