@NullMarked
package org.apache.beam.runners.spark;

import org.jspecify.annotations.NullMarked;
