"""Fuzzing that learns: inputs are changed until they reach code that none has reached.

Each `fuzz_NAME.py` has a ``TestOneInput``: it takes any bytes, and fails where a promise
is broken. atheris finds the bytes::

    python -m tests.fuzz urls sites --seconds 60

What it finds belongs into ``seeds/NAME/``, where it stays: `test_seeds` tries all seeds
in every run of the test suite, without atheris.
"""
