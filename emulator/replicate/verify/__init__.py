"""`make verify-live`: is the fake Replicate still like the real one? For the price of one short clip.

The same small script of requests goes to both; what is compared are status codes, the headers that matter and
the shapes of the answers, never their contents. Never run against the real service yet: it was written and
tested without a way to it, with a second fake in its place.
"""
