"""Errors as DocumentDB answers them: a code and a message."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, NoReturn


class Code(IntEnum):
    """MongoDB's numbers: https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml ."""

    INTERNAL = 1
    """An error of this double itself."""
    BAD_VALUE = 2
    UNAUTHORIZED = 13
    AUTHENTICATION_FAILED = 18
    USER_NOT_FOUND = 11
    ROLE_NOT_FOUND = 31
    NAMESPACE_NOT_FOUND = 26
    NAMESPACE_EXISTS = 48
    COMMAND_NOT_FOUND = 59
    NOT_IMPLEMENTED = 238
    """What DocumentDB does and this double does not."""
    RETRYABLE_WRITES = 301
    NOT_SUPPORTED = 303
    DUPLICATE_KEY = 11000


class CommandError(Exception):
    """A command that is refused."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code

    @property
    def document(self) -> dict[str, Any]:
        """The answer; DocumentDB leaves out MongoDB's `codeName`."""
        return {"ok": 0.0, "code": int(self.code), "errmsg": str(self)}


def unauthorized() -> CommandError:
    """Return the refusal of what the user has no right to.

    https://docs.aws.amazon.com/documentdb/latest/developerguide/role_based_access_control.html
    """
    return CommandError(Code.UNAUTHORIZED, "Authorization failure")


def refuse_unsupported(what: str) -> NoReturn:
    """Refuse what DocumentDB does not have."""
    raise CommandError(Code.NOT_SUPPORTED, f"Feature not supported: {what}")


def refuse_gap(what: str) -> NoReturn:
    """Refuse what only this double does not have."""
    raise CommandError(Code.NOT_IMPLEMENTED, f"the emulated DocumentDB does not implement {what}")
