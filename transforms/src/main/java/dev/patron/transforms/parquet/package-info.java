/** Frames from and to Parquet files, column by column, on any Hadoop file system. */
@NullMarked
package dev.patron.transforms.parquet;

import org.jspecify.annotations.NullMarked;
