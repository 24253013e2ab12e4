package dev.patron.pipelines.options;

/** What is scored, and how far ahead. */
public interface ScoreOptions extends HorizonOptions, AsOfOptions {}
