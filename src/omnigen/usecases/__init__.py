"""The verbs of OmniGen, one module each, named like the route or the workflow state that calls it."""
