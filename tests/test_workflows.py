"""The CI workflows run the actions that were reviewed: a tag can be moved to another commit, a commit cannot.

https://docs.github.com/en/actions/reference/security/secure-use#using-third-party-actions
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

_WORKFLOWS: Final = sorted(Path(__file__).parent.parent.joinpath(".github", "workflows").glob("*.y*ml"))
_USES: Final = re.compile(r"^\s*(?:- )?uses:\s*(.*)$", re.MULTILINE)
_PINNED: Final = re.compile(r"(?:\./\S+|[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)")


def test_there_are_workflows() -> None:
    assert _WORKFLOWS


@pytest.mark.parametrize("workflow", _WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_to_a_commit_with_its_version(workflow: Path) -> None:
    used = _USES.findall(workflow.read_text(encoding="utf-8"))

    assert used
    assert [action for action in used if not _PINNED.fullmatch(action)] == []
