"""The figures of docs/BENCHMARKS.md: each measured against its peer in the same run. `make bench` takes them all."""
