"""The roles that the use cases need filled: one async Protocol a file, whose docstring is its promise, errors included."""
