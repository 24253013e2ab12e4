/** What a pipeline tells its driver: the files it wrote, its accounts, its small results. */
@NullMarked
package dev.patron.transforms.manifest;

import org.jspecify.annotations.NullMarked;
