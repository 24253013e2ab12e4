@NullMarked
package org.apache.beam.runners.spark.translation;

import org.jspecify.annotations.NullMarked;
