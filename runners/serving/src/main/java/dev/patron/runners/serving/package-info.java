/** Scores over HTTP, by MLflow's scoring protocol. */
@NullMarked
package dev.patron.runners.serving;

import org.jspecify.annotations.NullMarked;
