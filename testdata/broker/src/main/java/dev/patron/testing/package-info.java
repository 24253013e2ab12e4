/** What integration tests start beside themselves. */
@NullMarked
package dev.patron.testing;

import org.jspecify.annotations.NullMarked;
