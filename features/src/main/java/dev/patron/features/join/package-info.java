/** Facts beside what was true at their time (SEMANTICS 13). */
@NullMarked
package dev.patron.features.join;

import org.jspecify.annotations.NullMarked;
