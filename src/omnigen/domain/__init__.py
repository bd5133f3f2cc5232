"""The nouns of OmniGen: pure values and their rules. No I/O, no clock, no SDK; time and ids arrive as arguments."""
