/** What recency, frequency and monetary value say about a customer: scores and names. */
@NullMarked
package dev.patron.features.rfm;

import org.jspecify.annotations.NullMarked;
