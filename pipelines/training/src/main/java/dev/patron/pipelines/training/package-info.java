/**
 * Fits models and writes them as documents with their metrics and cards; the only user of Smile.
 */
@NullMarked
package dev.patron.pipelines.training;

import org.jspecify.annotations.NullMarked;
