"""What a release changes for users before its approval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from acceptance.releases import rejection
from acceptance.releases.application import NAMED
from acceptance.releases.rejection import reject
from acceptance.releases.static_files import change_problems, shown_files, unpublished
from config.load import load_environment

if TYPE_CHECKING:
    import boto3

    from acceptance.releases.pipeline_run import PipelineRuns
    from config.environment import Environment

HASHED, KEY = "static/site.0a1b2c3d.js", f"static/{NAMED}"


class Session:
    """An account with a bucket of static files."""

    def __init__(self, **versions: str) -> None:
        self.versions = versions

    def client(self, service: str, **place: str) -> Any:
        assert (service, place) == ("s3", {"region_name": "us-east-1"})
        return self

    def get_paginator(self, operation: str) -> Any:
        assert operation == "list_object_versions"
        return self

    def paginate(self, **asked: str) -> list[Any]:
        assert asked == {"Bucket": "user-management-prod-assets-333333333333", "Prefix": "static/"}
        objects = {KEY: self.versions, HASHED: {"one": "1"}}
        return [
            {
                "Versions": [
                    {"Key": key, "VersionId": version, "IsLatest": name == max(versions), "Size": 1}
                    for key, versions in objects.items()
                    for name, version in versions.items()
                ]
            }
        ]


class Runs:
    """A run that asks, and publishes nothing or too early."""

    def __init__(self, session: Session, *, publishes: bool) -> None:
        self.session, self.publishes, self.answers = session, publishes, list[str]()

    def wait_for_approval(self, id_: str) -> tuple[str, str, str]:
        if self.publishes:
            self.session.versions["b"] = "second"
        return "Approval", "approval", id_

    def reject(self, approval: tuple[str, str, str]) -> None:
        self.answers.append(approval[2])

    def wait(self, id_: str) -> str:
        return "Failed" if id_ in self.answers else "Succeeded"


@pytest.fixture(scope="module")
def prod() -> Environment:
    return load_environment("prod")


def session_of(session: Session) -> boto3.Session:
    return cast("boto3.Session", session)


def test_users_see_the_newest_version_of_files_whose_names_stay(prod: Environment) -> None:
    assert shown_files(prod, session_of(Session(a="first", b="second"))) == {KEY: "second"}


def test_what_was_added_changed_or_removed_is_named() -> None:
    before, now = {"a": "1", "b": "1", "c": "1"}, {"b": "2", "c": "1", "d": "1"}
    assert list(change_problems(before, now, when="early")) == ["a, b, d changed for users early"]
    assert list(change_problems(now, now, when="early")) == []


@pytest.mark.parametrize("publishes", [True, False])
def test_a_rejected_release_that_has_published_a_file_is_found(
    prod: Environment, monkeypatch: pytest.MonkeyPatch, *, publishes: bool
) -> None:
    monkeypatch.setattr(rejection, "running_images", lambda *_: {})
    session = Session(a="first")
    runs = cast("PipelineRuns", Runs(session, publishes=publishes))
    problems = list(reject("run", runs, prod, session_of(session), shown={KEY: "first"}))
    assert problems == ([f"{KEY} changed for users by the release that was rejected"] if publishes else [])


def test_a_release_must_publish_its_file(prod: Environment) -> None:
    session = session_of(Session(a="first"))
    assert list(unpublished(prod, session, before={})) == []
    assert list(unpublished(prod, session, before={KEY: "first"})) == [f"the release has not published {KEY}"]
