/** Models as documents: written, checked, kept in versions, and scored with. */
@NullMarked
package dev.patron.features.models;

import org.jspecify.annotations.NullMarked;
