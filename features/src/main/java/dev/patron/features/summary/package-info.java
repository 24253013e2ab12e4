/** Gold aggregates: sums over customers that come out the same wherever the customers lie. */
@NullMarked
package dev.patron.features.summary;

import org.jspecify.annotations.NullMarked;
