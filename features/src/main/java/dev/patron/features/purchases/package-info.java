/** From order lines to purchases, and from purchases to what is known of each customer. */
@NullMarked
package dev.patron.features.purchases;

import org.jspecify.annotations.NullMarked;
