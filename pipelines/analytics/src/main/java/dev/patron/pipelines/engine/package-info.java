/** What a room of {@code runners} must offer to run the pipelines. */
@NullMarked
package dev.patron.pipelines.engine;

import org.jspecify.annotations.NullMarked;
