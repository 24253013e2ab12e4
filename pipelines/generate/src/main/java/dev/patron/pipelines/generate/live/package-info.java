/** A bookstore that was written to files, played over time: as topics, and as pages over HTTP. */
@NullMarked
package dev.patron.pipelines.generate.live;

import org.jspecify.annotations.NullMarked;
