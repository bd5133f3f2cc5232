"""Adapters that keep everything in memory: real ones, held to the same contract tests."""
