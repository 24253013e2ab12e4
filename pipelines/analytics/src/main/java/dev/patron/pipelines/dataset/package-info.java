/** The dataset definition: one YAML file that says what a shop's tables and purchases are. */
@NullMarked
package dev.patron.pipelines.dataset;

import org.jspecify.annotations.NullMarked;
