"""The repositories of GitHub that tests have pushed: their commits, branches and tags."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from emulator.registry import REGISTRY


@dataclass(frozen=True)
class Commit:
    """A commit with all its files."""

    id: str
    message: str
    author: str
    content: bytes
    """A zip."""


@dataclass
class Repository:
    """A repository by the names that it has for commits."""

    commits: dict[str, Commit] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)


REPOSITORIES: Final[dict[str, Repository]] = {}
"""By owner and name: GitHub is outside of every account."""
REGISTRY.resets.append(REPOSITORIES.clear)


@dataclass(frozen=True)
class Push:
    """A push of one branch or tag."""

    repository: str
    commit: Commit
    branch: str = ""
    tag: str = ""
    paths: tuple[str, ...] = ()
    """The files that it has changed."""
    account: str = ""
    """The one account that hears of it; without it all do."""

    def keep(self) -> None:
        """Store the commit; the caller has the lock."""
        repository = REPOSITORIES.setdefault(self.repository, Repository())
        repository.commits[self.commit.id] = self.commit
        if self.branch:
            repository.branches[self.branch] = self.commit.id
        if self.tag:
            repository.tags[self.tag] = self.commit.id
