/**
 * Beam transforms over frames: how the kernels of {@code features} run on any engine. No command
 * line, no runner.
 */
@NullMarked
package dev.patron.transforms;

import org.jspecify.annotations.NullMarked;
