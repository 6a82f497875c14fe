"""Renewed files become one commit on one branch, with a pull request, and without changes nothing happens."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from review.github import Repository
from review.proposal import Proposal, ProposalError
from tests.review import fake_github

if TYPE_CHECKING:
    from pathlib import Path

PROPOSAL = Proposal(branch="renewed-locks", base="main", title="Locks: newer versions", body="text")


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=test", "-c", "user.email=test@example.com", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch", "main", "remote")
    git(tmp_path, "clone", "--quiet", "remote", "checkout")
    folder = tmp_path / "checkout"
    git(folder, "switch", "--quiet", "--create", "main")
    (folder / "requirements").mkdir()
    (folder / "requirements" / "a.lock").write_text("a==1\n")
    (folder / "other").write_text("1")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "first")
    git(folder, "push", "--quiet", "origin", "main")
    return folder


@pytest.fixture
def github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return fake_github.install(tmp_path / "bin", monkeypatch)


def test_without_changes_nothing_happens(checkout: Path, github: Path) -> None:
    (checkout / "other").write_text("2")
    assert not PROPOSAL.make(checkout, ("requirements",), Repository("acme/infra"))
    assert fake_github.read(github)["calls"] == []
    assert "renewed-locks" not in git(checkout, "ls-remote")


def test_changes_are_proposed_and_the_next_time_replaced(checkout: Path, github: Path) -> None:
    for text in ("a==2\n", "a==3\n"):
        (checkout / "requirements" / "a.lock").write_text(text)
        (checkout / "other").write_text(text)
        assert PROPOSAL.make(checkout, ("requirements",), Repository("acme/infra"))
        assert git(checkout, "show", "origin/renewed-locks:requirements/a.lock") == text
        assert git(checkout, "diff", "--name-only", "main", "origin/renewed-locks").split() == ["requirements/a.lock"]
        assert git(checkout, "rev-list", "--count", "main..origin/renewed-locks").strip() == "1"
        git(checkout, "switch", "--quiet", "--discard-changes", "main")
    (pull,) = fake_github.read(github)["pulls"]
    assert (pull["head"], pull["title"]) == ("renewed-locks", "Locks: newer versions")
    assert git(checkout, "log", "-1", "--format=%an %cn", "origin/renewed-locks").split() == ["github-actions[bot]"] * 2


def test_what_git_refuses_is_said(checkout: Path, github: Path) -> None:
    (checkout / "requirements" / "a.lock").write_text("a==2\n")
    git(checkout, "remote", "set-url", "origin", str(checkout / "missing"))
    with pytest.raises(ProposalError, match=r"git push --force origin renewed-locks: .*missing"):
        PROPOSAL.make(checkout, ("requirements",), Repository("acme/infra"))
    assert fake_github.read(github)["calls"] == []
