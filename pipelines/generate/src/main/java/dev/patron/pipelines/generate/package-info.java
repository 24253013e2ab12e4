/** A synthetic bookstore whose truth is known: what is bought, what changes, what goes wrong. */
@NullMarked
package dev.patron.pipelines.generate;

import org.jspecify.annotations.NullMarked;
