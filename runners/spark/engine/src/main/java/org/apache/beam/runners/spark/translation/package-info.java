/** What Beam's SparkRunner lets nobody outside of its package change. */
@NullMarked
package org.apache.beam.runners.spark.translation;

import org.jspecify.annotations.NullMarked;
