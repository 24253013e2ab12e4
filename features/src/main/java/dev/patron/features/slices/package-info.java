/**
 * Counts by segment and country, and by product: what a report needs of customers it never holds.
 */
@NullMarked
package dev.patron.features.slices;

import org.jspecify.annotations.NullMarked;
