"""Reads secrets when they are needed; they are never kept, logged or written."""

from __future__ import annotations

import os

from .problems import EnvironmentFailure
from .settings import Secret


def read_secret(secret: Secret) -> str:
    """The secret without the line's end; EnvironmentFailure says what is missing."""
    if secret.variable is not None:
        value = os.environ.get(secret.variable)
        if not value:
            raise EnvironmentFailure(f"the environment variable {secret.variable} is not set")
        return value
    assert secret.file is not None
    try:
        value = secret.file.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise EnvironmentFailure(f"{secret.file}: {getattr(error, 'strerror', error)}") from None
    if not value:
        raise EnvironmentFailure(f"{secret.file}: holds no secret")
    return value
