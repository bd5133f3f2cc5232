"""`python -m omnigen.entrypoints.cli` is `omnigen`."""

from omnigen.entrypoints.cli import main

main()
