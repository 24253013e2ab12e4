package org.apache.beam.runners.spark.translation;

import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.beam.runners.spark.coders.CoderHelpers;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.util.WindowedValue;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.spark.Partition;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.storage.BlockManager;
import org.apache.spark.storage.BlockResult;
import org.apache.spark.storage.RDDBlockId;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.TaskCompletionListener;
import org.jspecify.annotations.Nullable;
import scala.Option;
import scala.Tuple2;
import scala.collection.Iterator;
import scala.collection.JavaConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * What a step with several outputs makes. Whoever reads the main output first sees it pass by, and
 * what belongs to the others is set aside; whoever reads another output first has all of it kept.
 */
final class StepOutputs implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final ClassTag<byte[]> BYTES = ClassTag$.MODULE$.apply(byte[].class);

  /**
   * An output that is set aside.
   *
   * @param place the RDD as whose blocks the elements are kept; it has none of its own, and Spark
   *     cleans the blocks up when nobody knows it any more
   */
  private record Aside(RDD<?> place, Coder<WindowedValue<?>> coder) implements Serializable {}

  private final RDD<Tuple2<TupleTag<?>, WindowedValue<?>>> made;
  private final RDD<Tuple2<TupleTag<?>, WindowedValue<?>>> kept;
  private final int keptId;
  private final StorageLevel level;
  private final HashMap<TupleTag<?>, Aside> others = new HashMap<>();

  /**
   * The outputs of a step.
   *
   * @param made all of them, as they are made
   * @param kept all of them, from where they are kept
   * @param keptId the RDD that is kept
   * @param level how it is kept, and what is set aside
   */
  StepOutputs(
      JavaPairRDD<TupleTag<?>, WindowedValue<?>> made,
      JavaPairRDD<TupleTag<?>, WindowedValue<?>> kept,
      int keptId,
      StorageLevel level) {
    this.made = made.rdd();
    this.kept = kept.rdd();
    this.keptId = keptId;
    this.level = level;
  }

  /** Sets the elements of this output aside. */
  void setAside(TupleTag<?> tag, RDD<?> place, Coder<WindowedValue<?>> coder) {
    others.put(tag, new Aside(place, coder));
  }

  /** All that is made, where it is kept. */
  RDD<?> kept() {
    return kept;
  }

  private static BlockManager blocks() {
    return SparkEnv.get().blockManager();
  }

  /** One task at a time makes a partition; the others wait for it. */
  private Turns.Turn turn(Partition partition, TaskContext task) {
    Turns.Turn turn = Turns.take(keptId + "_" + partition.index());
    task.addTaskCompletionListener((TaskCompletionListener) ended -> turn.end());
    return turn;
  }

  /** The elements of the main output. */
  Iterator<WindowedValue<?>> main(TupleTag<?> tag, Partition partition, TaskContext task) {
    Turns.Turn turn = turn(partition, task);
    RDDBlockId whole = new RDDBlockId(keptId, partition.index());
    if (!blocks().master().getLocations(whole).isEmpty()) {
      turn.end();
      return of(tag, kept.iterator(partition, task), null);
    }
    SetAside aside = new SetAside(partition, task, turn);
    return of(tag, made.iterator(partition, task), aside);
  }

  /** The elements of another output. */
  Iterator<WindowedValue<?>> other(TupleTag<?> tag, Partition partition, TaskContext task) {
    Aside aside = others.get(tag);
    if (aside == null) {
      throw new IllegalStateException("nothing is known of the output " + tag);
    }
    Turns.Turn turn = turn(partition, task);
    Option<BlockResult> found = blocks().get(block(aside, partition), BYTES);
    Iterator<WindowedValue<?>> elements =
        found.isDefined()
            ? decoded(found.get(), aside.coder())
            : of(tag, kept.iterator(partition, task), null);
    turn.end();
    return elements;
  }

  private static RDDBlockId block(Aside aside, Partition partition) {
    return new RDDBlockId(aside.place().id(), partition.index());
  }

  @SuppressWarnings("unchecked")
  private static Iterator<WindowedValue<?>> decoded(
      BlockResult found, Coder<WindowedValue<?>> coder) {
    java.util.Iterator<byte[]> bytes =
        JavaConverters.asJavaIterator((Iterator<byte[]>) (Iterator<?>) found.data());
    return JavaConverters.asScalaIterator(
        new java.util.Iterator<WindowedValue<?>>() {
          @Override
          public boolean hasNext() {
            return bytes.hasNext();
          }

          @Override
          public WindowedValue<?> next() {
            return CoderHelpers.fromByteArray(bytes.next(), coder);
          }
        });
  }

  private static Iterator<WindowedValue<?>> of(
      TupleTag<?> tag,
      Iterator<Tuple2<TupleTag<?>, WindowedValue<?>>> all,
      @Nullable SetAside aside) {
    return JavaConverters.asScalaIterator(
        new OneOutput(tag, JavaConverters.asJavaIterator(all), aside));
  }

  /** What of a partition belongs to the outputs that are set aside. */
  private final class SetAside {
    private final Partition partition;
    private final Turns.Turn turn;
    private final Map<TupleTag<?>, SpillingBytes> elements = new HashMap<>();

    SetAside(Partition partition, TaskContext task, Turns.Turn turn) {
      this.partition = partition;
      this.turn = turn;
      others
          .keySet()
          .forEach(
              tag ->
                  elements.put(
                      tag,
                      new SpillingBytes(
                          () -> blocks().diskBlockManager().createTempLocalBlock()._2())));
      task.addTaskCompletionListener(
          (TaskCompletionListener) ended -> elements.values().forEach(SpillingBytes::close));
    }

    void add(TupleTag<?> tag, WindowedValue<?> element) {
      Aside other = others.get(tag);
      SpillingBytes to = elements.get(tag);
      if (other != null && to != null) {
        to.add(CoderHelpers.toByteArray(element, other.coder()));
      }
    }

    /** Nothing more comes: what there is can be found from now on. */
    void keep() {
      others.forEach(
          (tag, other) -> {
            SpillingBytes all = elements.get(tag);
            if (all != null) {
              blocks()
                  .putIterator(
                      block(other, partition),
                      JavaConverters.asScalaIterator(all.iterator()),
                      level,
                      true,
                      BYTES);
              all.close();
            }
          });
      turn.end();
    }
  }

  /** The elements of one output, of which the others are set aside if anybody wants them. */
  private static final class OneOutput implements java.util.Iterator<WindowedValue<?>> {
    private final TupleTag<?> tag;
    private final java.util.Iterator<Tuple2<TupleTag<?>, WindowedValue<?>>> all;
    private @Nullable SetAside aside;
    private @Nullable WindowedValue<?> next;

    OneOutput(
        TupleTag<?> tag,
        java.util.Iterator<Tuple2<TupleTag<?>, WindowedValue<?>>> all,
        @Nullable SetAside aside) {
      this.tag = tag;
      this.all = all;
      this.aside = aside;
    }

    @Override
    public boolean hasNext() {
      while (next == null && all.hasNext()) {
        Tuple2<TupleTag<?>, WindowedValue<?>> element = all.next();
        if (element._1().equals(tag)) {
          next = element._2();
        } else if (aside != null) {
          aside.add(element._1(), element._2());
        }
      }
      if (next == null && aside != null) {
        aside.keep();
        aside = null;
      }
      return next != null;
    }

    @Override
    public WindowedValue<?> next() {
      WindowedValue<?> element = hasNext() ? next : null;
      if (element == null) {
        throw new NoSuchElementException();
      }
      next = null;
      return element;
    }
  }
}
