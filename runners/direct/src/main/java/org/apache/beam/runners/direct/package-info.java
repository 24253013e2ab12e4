/** What Beam's DirectRunner lets nobody outside of its package change. */
@NullMarked
package org.apache.beam.runners.direct;

import org.jspecify.annotations.NullMarked;
