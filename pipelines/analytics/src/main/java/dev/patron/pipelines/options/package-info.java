/** What can be set on the command line, with unit and default, one interface for each stage. */
@NullMarked
package dev.patron.pipelines.options;

import org.jspecify.annotations.NullMarked;
