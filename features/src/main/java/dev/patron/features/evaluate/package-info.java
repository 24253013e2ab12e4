/** How good a forecast was, once it is known what happened. */
@NullMarked
package dev.patron.features.evaluate;

import org.jspecify.annotations.NullMarked;
