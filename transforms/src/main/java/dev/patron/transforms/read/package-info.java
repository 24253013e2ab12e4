/** Reading source files into bronze frames, piece by piece and losing nothing silently. */
@NullMarked
package dev.patron.transforms.read;

import org.jspecify.annotations.NullMarked;
