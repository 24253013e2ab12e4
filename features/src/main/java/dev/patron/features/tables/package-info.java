/** The columns of the tables that Patron writes: the words that users rely on. */
@NullMarked
package dev.patron.features.tables;

import org.jspecify.annotations.NullMarked;
