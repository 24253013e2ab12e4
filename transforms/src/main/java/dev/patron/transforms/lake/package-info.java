/**
 * The warehouse: Delta Lake tables through Delta Kernel, their data files as frames, and small text
 * files beside them, on any Hadoop file system.
 */
@NullMarked
package dev.patron.transforms.lake;

import org.jspecify.annotations.NullMarked;
