"""The manual's recipes for site generators, each built and opened in a browser."""
