/**
 * Pure Java: what the numbers and the business words mean. No Beam, no input or output, no clock.
 */
@NullMarked
package dev.patron.features;

import org.jspecify.annotations.NullMarked;
