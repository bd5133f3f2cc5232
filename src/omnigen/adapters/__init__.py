"""One folder for each technology: how the ports are kept with it."""
