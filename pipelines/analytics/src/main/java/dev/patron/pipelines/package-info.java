/** The command line: what a user types, and what comes back. */
@NullMarked
package dev.patron.pipelines;

import org.jspecify.annotations.NullMarked;
