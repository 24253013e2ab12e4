/** Whether customers are still those that a model was trained on. */
@NullMarked
package dev.patron.features.drift;

import org.jspecify.annotations.NullMarked;
