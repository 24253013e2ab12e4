/** The commands: options in, stages run, results out. */
@NullMarked
package dev.patron.pipelines.commands;

import org.jspecify.annotations.NullMarked;
