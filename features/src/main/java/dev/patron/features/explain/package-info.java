/** Why a customer has this segment and this value, in words. */
@NullMarked
package dev.patron.features.explain;

import org.jspecify.annotations.NullMarked;
