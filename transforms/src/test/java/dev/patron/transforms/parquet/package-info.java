/** Tests of Parquet files. */
@NullMarked
package dev.patron.transforms.parquet;

import org.jspecify.annotations.NullMarked;
