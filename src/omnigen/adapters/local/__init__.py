"""Everything on one machine: no account, no container, no network."""
