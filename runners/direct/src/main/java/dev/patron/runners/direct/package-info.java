/** Patron on Beam's DirectRunner: embedded, in one JVM, the default. */
@NullMarked
package dev.patron.runners.direct;

import org.jspecify.annotations.NullMarked;
