/** The same records on every engine, and on a cluster: the same tables. */
@NullMarked
package dev.patron.runners.portability;

import org.jspecify.annotations.NullMarked;
