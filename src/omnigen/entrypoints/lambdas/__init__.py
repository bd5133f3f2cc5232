"""The AWS side's handlers: thin, over the same use cases as everything else. `pipeline.asl.json` says what calls what."""
