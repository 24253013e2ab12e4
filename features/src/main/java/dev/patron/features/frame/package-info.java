/**
 * The {@link dev.patron.features.frame.Frame}: an immutable batch of rows of one schema, held by
 * column.
 *
 * <p>Why our own. Arrow's vectors live off the heap and must be released, and Beam gives elements
 * no lifecycle, so they leak. Delta Kernel's {@code ColumnarBatch} is an interface for reading
 * without builders, sorting or a wire format. DFLib and Smile's {@code DataFrame} box their values
 * or know neither nested columns nor a deterministic encoding, and Smile's licence keeps it in
 * training. What is needed is little: typed arrays on the heap, a null bitmap, take, concatenate,
 * sort, hash and split, and one byte-exact encoding. That fits in this package.
 */
@NullMarked
package dev.patron.features.frame;

import org.jspecify.annotations.NullMarked;
