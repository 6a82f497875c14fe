"""There is one comment, one issue and one pull request, however often a workflow runs, and only its own are changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from review.github import GithubError, Repository
from tests.review import fake_github
from tests.review.fake_github import BOT

if TYPE_CHECKING:
    from pathlib import Path

MARK = "<!-- mark -->"
REPOSITORY = Repository("acme/infra")


@pytest.fixture
def github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return fake_github.install(tmp_path / "bin", monkeypatch)


def entry(number: int, login: str, body: str | None, **others: Any) -> dict[str, Any]:
    return {"id": number, "number": number, "user": {"login": login}, "body": body, "state": "open", **others}


def test_a_comment_is_written_once_and_then_renewed(github: Path) -> None:
    for text in ("one", "two", "three"):
        REPOSITORY.put_comment(42, f"{MARK}\n{text}", mark=MARK)
    there = fake_github.read(github)
    assert [comment["body"] for comment in there["comments"]] == [f"{MARK}\nthree"]
    assert there["calls"] == [
        "POST repos/acme/infra/issues/42/comments",
        "PATCH repos/acme/infra/issues/comments/1",
        "PATCH repos/acme/infra/issues/comments/1",
    ]


def test_comments_of_others_stay_whatever_they_say(github: Path) -> None:
    others = [
        entry(1, "mallory", f"{MARK} mine"),
        entry(2, BOT, "coverage"),
        entry(3, BOT, f"see {MARK}"),
        entry(4, BOT, None),
    ]
    fake_github.write(github, comments=others, issues=[], pulls=[], calls=[])
    REPOSITORY.put_comment(42, f"{MARK}\none", mark=MARK)
    there = fake_github.read(github)["comments"]
    assert there[:4] == others
    assert there[4]["body"] == f"{MARK}\none"


def test_there_is_one_open_issue(github: Path) -> None:
    REPOSITORY.put_issue("Drift", f"{MARK} one", mark=MARK)
    REPOSITORY.put_issue("Drift", f"{MARK} two", mark=MARK)
    REPOSITORY.close_issue(mark=MARK)
    REPOSITORY.close_issue(mark=MARK)
    REPOSITORY.put_issue("Drift", f"{MARK} three", mark=MARK)
    issues = fake_github.read(github)["issues"]
    assert [(issue["body"], issue["state"]) for issue in issues] == [
        (f"{MARK} two", "closed"),
        (f"{MARK} three", "open"),
    ]


def test_a_pull_request_is_not_taken_for_an_issue(github: Path) -> None:
    listed = entry(7, BOT, f"{MARK} text", pull_request={"url": "x"})
    fake_github.write(github, comments=[], issues=[listed], pulls=[], calls=[])
    REPOSITORY.close_issue(mark=MARK)
    assert fake_github.read(github)["calls"] == []


def test_a_pull_request_is_opened_once_and_then_renewed(github: Path) -> None:
    for title in ("Locks", "Locks again"):
        REPOSITORY.put_pull_request("locks", base="main", title=title, body="text")
    (pull,) = fake_github.read(github)["pulls"]
    assert (pull["title"], pull["head"], pull["base"]) == ("Locks again", "locks", "main")


def test_a_refusal_says_which_call_and_why(github: Path) -> None:
    fake_github.write(github, refuses=True, calls=[])
    with pytest.raises(GithubError, match=r"GitHub refused GET issues/42/comments: gh: Resource not accessible"):
        REPOSITORY.put_comment(42, MARK, mark=MARK)


def test_a_text_is_never_an_argument_of_a_command(github: Path) -> None:
    body = f"{MARK} $(touch /tmp/x) `id` {'x' * 60_000}"
    REPOSITORY.put_comment(42, body, mark=MARK)
    assert fake_github.read(github)["comments"][0]["body"] == body
    assert json.loads(github.read_text())["calls"] == ["POST repos/acme/infra/issues/42/comments"]
