/** What Beam's DirectRunner lets nobody set from outside of its package. */
@NullMarked
package org.apache.beam.runners.direct;

import org.jspecify.annotations.NullMarked;
