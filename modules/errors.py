"""The error of a construct that is used in a way that cannot work."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs import Construct


class WiringError(Exception):
    """A construct was used in a way that cannot work; the message starts with its path.

    Exception
     ├── config.errors.ConfigError   a setting is wrong: file, key, value, what is allowed
     └── WiringError                 the code is wrong: construct path, what was passed, what is allowed
    """

    def __init__(self, construct: Construct, message: str) -> None:
        super().__init__(f"{construct.node.path}: {message}")
