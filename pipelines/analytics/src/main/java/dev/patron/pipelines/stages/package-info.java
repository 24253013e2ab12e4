/** The stages of the main job, one class each, told as stories: source, transforms, sink. */
@NullMarked
package dev.patron.pipelines.stages;

import org.jspecify.annotations.NullMarked;
