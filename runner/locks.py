"""What Terraform says of a state's lock that it cannot release.

A state has up to two locks with the same id, a file beside it in S3 and an item in DynamoDB, and Terraform has other
words for each: https://github.com/hashicorp/terraform/blob/v1.11.0/internal/backend/remote-state/s3/client.go
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from runner.errors import RunnerError

if TYPE_CHECKING:
    from synthesis.manifest import Stack

FAILED: Final = "Failed to unlock state"
"""How Terraform's message begins: internal/command/unlock.go."""

NO_ID: Final = "none"
"""An id that no lock has: with it Terraform releases nothing, and names the lock that is there."""

_OTHER: Final = (
    re.compile(r"lock ID '[^']*' does not match the existing lock ID '(?P<id>[^']+)'"),
    re.compile(r'lock ID "[^"]*" does not match existing lock \("(?P<id>[^"]+)"\)'),
)
_NONE: Final = (
    re.compile(r"unable to retrieve file from S3 bucket .*?NoSuchKey"),
    re.compile(r'failed to retrieve lock info for lock ID "[^"]*": unexpected end of JSON input'),
)
_BOTH: Final = "failed to unlock both S3 and DynamoDB"
_ONE: Final = re.compile(r"failed to unlock (S3|DynamoDB): ")


@dataclass(frozen=True)
class Refusal:
    """Why Terraform has not released a lock."""

    id: str = ""
    """The id of the lock that is there."""
    is_free: bool = False
    """There is no lock."""
    is_released: bool = False
    """One of the two was there, and is released."""


def read_refusal(text: str) -> Refusal:
    """What Terraform's message says; nothing, if it is about something else, such as a permission."""
    text = re.sub(r"\s+", " ", text)
    for pattern in _OTHER:
        if found := pattern.search(text):
            return Refusal(id=found["id"])
    absent = sum(1 for pattern in _NONE if pattern.search(text))
    if _BOTH in text:
        return Refusal(is_free=absent == len(_NONE))
    if _ONE.search(text):
        return Refusal(is_released=absent == 1)
    return Refusal(is_free=absent == 1)


def unlock_error(stack: Stack, error: RunnerError) -> RunnerError | None:
    """Why a lock was not released, in one sentence where the cause is known; None if it was released after all."""
    refusal = read_refusal(error.message)
    if refusal.is_released:
        return None
    if refusal.id:
        return RunnerError(
            f"{stack.id} is locked under another id: {refusal.id}.",
            f"If its holder is no longer running: {unlock_command(stack, refusal.id)}",
            exit_code=error.exit_code,
        )
    if refusal.is_free:
        return RunnerError(f"{stack.id} is not locked.", "There is nothing to release.", exit_code=error.exit_code)
    return error


def unlock_command(stack: Stack, lock_id: str) -> str:
    """The command that releases a stack's lock."""
    return f"make unlock ENV={stack.environment} LAYER={stack.name} LOCK_ID={lock_id}"
