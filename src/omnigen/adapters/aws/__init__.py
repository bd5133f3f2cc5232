"""Amazon Web Services, and the servers that speak their protocols."""
