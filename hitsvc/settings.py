"""The settings: read once from the environment into one frozen object.

Every variable is named ``HITSVC_<NAME>``. Each may instead be given as
``HITSVC_<NAME>_FILE``, the path of a file that holds the value (for secrets).
This is the only module that reads the environment.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from hitsvc.errors import SettingsError

ENV_PREFIX = "HITSVC_"
