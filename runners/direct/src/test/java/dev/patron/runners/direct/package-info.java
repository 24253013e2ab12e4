/** Streams on the DirectRunner, as processes that can be killed. */
@NullMarked
package dev.patron.runners.direct;

import org.jspecify.annotations.NullMarked;
