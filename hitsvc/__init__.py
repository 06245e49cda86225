"""A self-hosted web hit counter: exact, fast, one image tag to embed."""

__version__ = "1.1.0"
