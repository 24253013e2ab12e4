/** Which segment a customer belongs to, given a fitted segmentation. */
@NullMarked
package dev.patron.features.segments;

import org.jspecify.annotations.NullMarked;
