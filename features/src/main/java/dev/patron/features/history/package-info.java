/** Versions: what was true of a row, and from when until when (SEMANTICS 10). */
@NullMarked
package dev.patron.features.history;

import org.jspecify.annotations.NullMarked;
