/** Tests of records: the rules by their names. */
@NullMarked
package dev.patron.features.record;

import org.jspecify.annotations.NullMarked;
