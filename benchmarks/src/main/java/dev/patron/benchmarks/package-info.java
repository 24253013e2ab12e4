/** How fast the kernels are, each by itself (JMH). */
@NullMarked
package dev.patron.benchmarks;

import org.jspecify.annotations.NullMarked;
