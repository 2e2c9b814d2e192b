"""The tables of the registry, one noun a file."""
