/**
 * Change events: what happened to a row, in which order, and what is left of it (SEMANTICS 1 to 9).
 */
@NullMarked
package dev.patron.features.change;

import org.jspecify.annotations.NullMarked;
