"""The error of a construct that is used in a way that cannot work."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

if TYPE_CHECKING:
    from constructs import Construct

_FEWER: Final = (
    "have fewer services, roles, canaries or whatever makes it so large in this environment, or shorter names"
)


class WiringError(Exception):
    """A construct was used in a way that cannot work; the message starts with its path.

    Exception
     ├── config.errors.ConfigError   a setting is wrong: file, key, value, what is allowed
     └── WiringError                 the code is wrong: construct path, what was passed, what is allowed
          └── LimitError             the settings ask for more than AWS accepts
    """

    def __init__(self, construct: Construct, message: str) -> None:
        super().__init__(f"{construct.node.path}: {message}")


class LimitError(WiringError):
    """A construct got more than AWS accepts in one resource, because an environment has more of something than usual.

    jsii passes only the text of an error on, so the newest one is remembered.

    Args:
        construct: The construct.
        message: What is too large, and how large it may be.
        remedy: What its user can do about it.
    """

    newest: ClassVar[LimitError | None] = None

    def __init__(self, construct: Construct, message: str, *, remedy: str = _FEWER) -> None:
        super().__init__(construct, message)
        self.remedy = remedy
        LimitError.newest = self
