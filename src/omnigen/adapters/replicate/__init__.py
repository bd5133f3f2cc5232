"""Replicate: its models, their dialects and prices, its API and its webhooks."""
