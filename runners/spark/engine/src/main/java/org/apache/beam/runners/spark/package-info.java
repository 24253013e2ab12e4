/** What Beam's SparkRunner lets nobody outside of its package change. */
@NullMarked
package org.apache.beam.runners.spark;

import org.jspecify.annotations.NullMarked;
