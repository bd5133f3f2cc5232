"""OmniGen: a written brief becomes a finished video, every cent counted."""
