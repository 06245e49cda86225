"""TODO request."""
