/** Boosted trees as plain numbers: what they look at, what they say, and why. */
@NullMarked
package dev.patron.features.trees;

import org.jspecify.annotations.NullMarked;
