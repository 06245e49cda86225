"""What the tests of importers share."""

from pathlib import Path

import pytest

from tests.admin.importers.samples import Sample


@pytest.fixture(name="sample")
def _sample(tmp_path: Path) -> Sample:
    """Makes files to import."""
    return Sample(tmp_path)
