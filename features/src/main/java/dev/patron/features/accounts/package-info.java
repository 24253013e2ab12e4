/** What became of every record: the counts that must add up. */
@NullMarked
package dev.patron.features.accounts;

import org.jspecify.annotations.NullMarked;
