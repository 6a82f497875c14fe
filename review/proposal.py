"""Proposes what a workflow has renewed in the checkout, as one pull request that is written again each time."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from console.errors import ToldError

if TYPE_CHECKING:
    from pathlib import Path

    from review.github import Repository

_AUTHOR: Final = ("github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com")


class ProposalError(ToldError):
    """git refused a command; `str()` says which, and what it answered."""


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """One pull request: the changes of some files, on a branch that belongs to it."""

    branch: str
    base: str
    title: str
    body: str

    def make(self, checkout: Path, paths: tuple[str, ...], repository: Repository, *, remote: str = "origin") -> bool:
        """Commit the changes of `paths` to the branch, and open the pull request; False if there are none."""
        if not _git(checkout, "status", "--porcelain", "--", *paths):
            return False
        name, email = _AUTHOR
        _git(checkout, "switch", "--force-create", self.branch)
        _git(checkout, "add", "--", *paths)
        _git(checkout, "-c", f"user.name={name}", "-c", f"user.email={email}", "commit", "--message", self.title)
        _git(checkout, "push", "--force", remote, self.branch)
        repository.put_pull_request(self.branch, base=self.base, title=self.title, body=self.body)
        return True


def _git(checkout: Path, *arguments: str) -> str:
    command = ["git", *arguments]
    done = subprocess.run(
        command, cwd=checkout, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False
    )
    if done.returncode:
        message = f"git {' '.join(arguments)}: {done.stderr.strip() or done.stdout.strip()}"
        raise ProposalError(message)
    return done.stdout
