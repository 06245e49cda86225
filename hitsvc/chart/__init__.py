"""TODO chart."""
