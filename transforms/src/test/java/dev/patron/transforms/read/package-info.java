/** Tests of reading files. */
@NullMarked
package dev.patron.transforms.read;

import org.jspecify.annotations.NullMarked;
