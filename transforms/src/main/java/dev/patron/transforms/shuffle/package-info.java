/** How frames travel: their coder, and the one shape in which records are shuffled. */
@NullMarked
package dev.patron.transforms.shuffle;

import org.jspecify.annotations.NullMarked;
