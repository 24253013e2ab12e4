/**
 * The dashboard: one self-contained page of the gold tables, and the same in a few lines of text.
 */
@NullMarked
package dev.patron.pipelines.report;

import org.jspecify.annotations.NullMarked;
