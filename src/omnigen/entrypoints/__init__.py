"""The ways in: HTTP, the command line, the worker, Lambda. They translate, call, translate."""
