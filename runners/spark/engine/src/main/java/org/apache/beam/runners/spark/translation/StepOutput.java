package org.apache.beam.runners.spark.translation;

import org.apache.beam.sdk.util.WindowedValue;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.spark.Partition;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.RDD;
import scala.collection.Iterator;
import scala.reflect.ClassTag$;

/** One of the outputs of a step that has several. */
final class StepOutput extends RDD<WindowedValue<?>> {
  private static final long serialVersionUID = 1L;

  private final StepOutputs outputs;
  private final TupleTag<?> tag;
  private final boolean isMain;

  StepOutput(StepOutputs outputs, TupleTag<?> tag, boolean isMain) {
    super(outputs.kept(), ClassTag$.MODULE$.apply(WindowedValue.class));
    this.outputs = outputs;
    this.tag = tag;
    this.isMain = isMain;
  }

  @Override
  public Partition[] getPartitions() {
    return outputs.kept().partitions();
  }

  @Override
  public Iterator<WindowedValue<?>> compute(Partition partition, TaskContext task) {
    return isMain ? outputs.main(tag, partition, task) : outputs.other(tag, partition, task);
  }
}
