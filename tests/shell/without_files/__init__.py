"""A package with a template and no files."""
