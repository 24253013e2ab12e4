/**
 * Records: from the bytes that a source delivers to bronze rows, and from bronze rows to typed rows
 * or change events, or to the quarantine with a reason (SEMANTICS 1, 2, 6, 8, 16, 17).
 */
@NullMarked
package dev.patron.features.record;

import org.jspecify.annotations.NullMarked;
