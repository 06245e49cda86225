"""TODO badge."""
