/** What a person sees while it runs: progress on stderr, results on stdout. */
@NullMarked
package dev.patron.pipelines.console;

import org.jspecify.annotations.NullMarked;
