/**
 * Patron's {@code stream} beside the Kafka client alone and Spark Structured Streaming on the same
 * topic, and how soon a live event shows in tables and scores: {@code benchmarks/stream}.
 */
@NullMarked
package dev.patron.benchmarks.stream;

import org.jspecify.annotations.NullMarked;
