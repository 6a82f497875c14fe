from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from preflight.line import Line, Status
from preflight.names import StateProbe, checks
from tests.preflight.samples import own_tags, platform

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.preflight.conftest import Place

ROLES = {f"aws_iam_role.{name}": {"name": name} for name in ("one", "two")}


def lines(place: Place, folder: Path, resources: dict[str, dict[str, str]] | None = None) -> list[Line]:
    found = platform(resources or ROLES, account=place.id)
    return place.run(checks(found, place.account, StateProbe(found, place.account, folder / "terraform.tfstate")))


def make_role(place: Place, name: str, *, own: bool) -> None:
    tags = own_tags() if own else []
    place.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument="{}", Tags=tags)


def make_state(place: Place) -> None:
    place.client("s3").create_bucket(Bucket=f"acme-test-state-{place.id}")


def test_free_names_are_ok(place: Place, tmp_path: Path) -> None:
    assert lines(place, tmp_path) == [Line("names of IAM roles", Status.OK, "2 free")]


def test_a_name_that_is_taken_is_a_problem_of_its_own(place: Place, tmp_path: Path) -> None:
    make_role(place, "two", own=False)

    (line,) = lines(place, tmp_path)

    assert (line.status, line.found) == (Status.PROBLEM, "two exists, without the tags of this environment")
    assert "environments/project.toml" in line.fix
    assert "terraform import" in line.fix


def test_the_environments_own_names_are_ok(place: Place, tmp_path: Path) -> None:
    make_state(place)
    make_role(place, "one", own=True)

    (line,) = lines(place, tmp_path)

    assert (line.status, line.found) == (Status.OK, "1 free, 1 this environment's")


def test_own_tags_without_a_state_are_a_leftover(place: Place, tmp_path: Path) -> None:
    make_role(place, "one", own=True)

    (line,) = lines(place, tmp_path)

    assert line.status is Status.PROBLEM
    assert line.found == "one exists with the tags of this environment, which has no state"


def test_the_state_of_an_unfinished_bootstrap_is_a_state(place: Place, tmp_path: Path) -> None:
    make_role(place, "one", own=True)
    (tmp_path / "terraform.tfstate").write_text("{}", encoding="utf-8")

    (line,) = lines(place, tmp_path)

    assert line.status is Status.OK


def test_a_state_that_cannot_be_looked_for_is_no_pass(place: Place, tmp_path: Path, deny: Callable[..., None]) -> None:
    make_role(place, "one", own=True)
    deny("s3:HeadBucket")

    (line,) = lines(place, tmp_path)

    assert (line.status, line.found) == (Status.UNREADABLE, "s3:ListBucket is denied")


def test_a_bucket_of_another_account_is_a_problem(place: Place, tmp_path: Path) -> None:
    place.client("s3", of="900000000002").create_bucket(Bucket=f"taken-{place.id}")

    (line,) = lines(place, tmp_path, {"aws_s3_bucket.b": {"bucket": f"taken-{place.id}"}})

    assert line.status is Status.PROBLEM
    assert line.found == f"taken-{place.id} belongs to another account, or S3 does not let you see it"


def test_a_problem_does_not_hide_what_follows(place: Place, tmp_path: Path) -> None:
    make_role(place, "one", own=False)
    make_role(place, "two", own=False)

    assert [line.status for line in lines(place, tmp_path)] == [Status.PROBLEM, Status.PROBLEM]


@pytest.mark.parametrize("name", ["${aws_iam_role.other.name}", ""])
def test_a_name_that_aws_chooses_is_not_looked_up(place: Place, tmp_path: Path, name: str) -> None:
    resources = {"aws_iam_role.a": {"name": name} if name else {"name_prefix": "x"}}

    assert lines(place, tmp_path, resources) == []
