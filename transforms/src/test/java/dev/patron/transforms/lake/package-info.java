/** Tests of the warehouse. */
@NullMarked
package dev.patron.transforms.lake;

import org.jspecify.annotations.NullMarked;
