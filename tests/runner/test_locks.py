"""Locks that Terraform does not release, in its own words: version 1.11 with S3, DynamoDB or both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from tests.runner.conftest import Project

FILE_OTHER: Final = "lock ID 'x' does not match the existing lock ID '8be6ff10'"
FILE_NONE: Final = (
    "unable to retrieve file from S3 bucket 'b' with key 'network/terraform.tfstate.tflock': operation error S3: "
    "GetObject, https response error StatusCode: 404, RequestID: 1, HostID: 2, NoSuchKey: The key does not exist."
)
FILE_DENIED: Final = FILE_NONE.replace("404", "403").replace("NoSuchKey", "AccessDenied")
ITEM_OTHER: Final = 'lock ID "x" does not match existing lock ("8be6ff10")'
ITEM_NONE: Final = 'failed to retrieve lock info for lock ID "x": unexpected end of JSON input'
INFO: Final = (
    "\nLock Info:\n  ID:        8be6ff10\n  Path:      b/network/terraform.tfstate\n  Operation: OperationTypeApply\n"
    "  Who:       runner@host\n  Version:   1.11.4\n  Created:   2026-11-27 10:00:00 UTC\n  Info:      \n"
)
OTHER: Final = (
    "dev-network is locked under another id: 8be6ff10.\n"
    "If its holder is no longer running: make unlock ENV=dev LAYER=network LOCK_ID=8be6ff10\n"
)
FREE: Final = "dev-network is not locked.\nThere is nothing to release.\n"


def both(file: str, item: str) -> str:
    return f"failed to unlock both S3 and DynamoDB: S3 error: {file}, DynamoDB error: {item}"


@pytest.mark.parametrize(
    ("detail", "says"),
    [
        (both(FILE_OTHER, ITEM_OTHER) + INFO, OTHER),
        (FILE_OTHER + INFO, OTHER),
        (ITEM_OTHER + INFO, OTHER),
        (both(FILE_OTHER, ITEM_NONE) + INFO, OTHER),
        (both(FILE_NONE, ITEM_OTHER) + INFO, OTHER),
        (both(FILE_NONE, ITEM_NONE), FREE),
        (FILE_NONE, FREE),
        (ITEM_NONE, FREE),
    ],
)
def test_a_lock_that_is_not_released_is_told_in_plain_words(dev: Project, detail: str, says: str) -> None:
    dev.script("dev-network", **{"force-unlock": {"error": {"summary": "", "detail": detail}}})
    code, _, err = dev.run("unlock", "--layer", "network", "--lock-id", "x")
    assert (code, err) == (1, says)


@pytest.mark.parametrize("detail", [f"failed to unlock S3: {FILE_NONE}", f"failed to unlock DynamoDB: {ITEM_NONE}"])
def test_one_lock_of_two_is_enough(dev: Project, detail: str) -> None:
    dev.script("dev-network", **{"force-unlock": {"error": {"summary": "", "detail": detail}}})
    code, out, err = dev.run("unlock", "--layer", "network", "--lock-id", "x")
    assert (code, out, err) == (0, "dev-network is unlocked.\n", "")


@pytest.mark.parametrize(
    "detail", [FILE_DENIED, both(FILE_DENIED, ITEM_NONE), f"failed to unlock S3: {FILE_DENIED}", "no such host"]
)
def test_another_failure_is_not_called_a_free_state(dev: Project, detail: str) -> None:
    dev.script("dev-network", **{"force-unlock": {"error": {"summary": "", "detail": detail}}})
    code, _, err = dev.run("unlock", "--layer", "network", "--lock-id", "x")
    assert code == 1
    assert "is not locked" not in err
    assert detail in err
    assert "\x1b" not in err
