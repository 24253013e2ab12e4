package dev.patron.transforms;

import java.util.Set;
import java.util.TreeSet;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.SetCoder;
import org.apache.beam.sdk.transforms.Combine.CombineFn;

/** All values as one set, small enough to be a side input. */
final class Union<T extends Comparable<T>> extends CombineFn<T, Set<T>, Set<T>> {
  @Override
  public Set<T> createAccumulator() {
    return new TreeSet<>();
  }

  @Override
  public Set<T> addInput(Set<T> set, T value) {
    set.add(value);
    return set;
  }

  @Override
  public Set<T> mergeAccumulators(Iterable<Set<T>> sets) {
    Set<T> all = createAccumulator();
    sets.forEach(all::addAll);
    return all;
  }

  @Override
  public Set<T> extractOutput(Set<T> set) {
    return set;
  }

  @Override
  public Coder<Set<T>> getAccumulatorCoder(CoderRegistry registry, Coder<T> values) {
    return SetCoder.of(values);
  }

  @Override
  public Coder<Set<T>> getDefaultOutputCoder(CoderRegistry registry, Coder<T> values) {
    return SetCoder.of(values);
  }
}
