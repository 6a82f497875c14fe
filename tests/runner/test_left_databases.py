"""[recovery.fail_over] is taken away while the databases of the second region are still there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.outputs import backend, identity

if TYPE_CHECKING:
    from tests.runner.conftest import Project

SECOND = "us-west-2"
RECOVERY, SERVICE, DATA = (f"{layer}-{SECOND}" for layer in ("recovery", "service", "data"))
NO_BUCKET = {"summary": 'Failed to get existing workspaces: S3 bucket "the-bucket" does not exist.', "detail": ""}


def document(name: str, *, region: str = "us-east-1", protected: bool = False) -> dict[str, Any]:
    bucket = "the-bucket" if region == "us-east-1" else "the-copies"
    layer = name.partition("-")[0]
    return {
        "//": {"metadata": identity(layer=layer, name=name, region=region, protect_data=protected)},
        "provider": {"aws": [{"region": region}]},
        "terraform": {
            "backend": {"s3": {**backend(name), "bucket": bucket, "region": region}},
            "required_providers": {"aws": {"source": "aws", "version": "5.100.0"}},
        },
    }


@pytest.fixture
def dev(project: Project) -> Project:
    """The services of the second region stand by again, and its databases have no stack any more."""
    project.stack("dev-state", document=document("state"))
    project.script("dev-state-objects", workspaces=["state"])
    for name in (RECOVERY, SERVICE):
        project.stack(f"dev-{name}", document=document(name, region=SECOND))
        project.script(f"dev-{name}", plan={"add": 1})
    project.script(f"dev-{DATA}", resources=["aws_db_instance.postgres"], arn=f"arn:aws:rds:{SECOND}:1:x")
    return project


@pytest.mark.parametrize("name", [RECOVERY, SERVICE])
@pytest.mark.parametrize("action", [("plan",), ("apply", "--yes")])
def test_what_follows_the_table_is_not_changed(dev: Project, action: tuple[str, ...], name: str) -> None:
    code, _, err = dev.run(*action, "--layer", name)
    assert code == 1
    assert f"dev-{DATA} has the databases that serve or served in {SECOND}" in err
    assert "docs/region-loss.md#fail-back" in err
    assert dev.calls(" apply") == []


def test_it_changes_once_they_are_destroyed(dev: Project) -> None:
    dev.script(f"dev-{DATA}", resources=[])
    assert dev.run("apply", "--yes", "--layer", SERVICE)[0] == 0


def test_two_stacks_ask_for_them_at_the_same_time(dev: Project) -> None:
    """Both wait for the other's look into that state, as it is one working copy."""
    dev.script(f"dev-{DATA}", resources=[], state={"seconds": 0.5})
    code, _, err = dev.run("plan", "--parallel", "2")
    assert code == 0, err
    assert dev.calls(f"dev-{DATA} state pull") == [f"dev-{DATA} state pull"] * 2


def test_it_changes_while_they_are_synthesized(dev: Project) -> None:
    dev.stack(f"dev-{DATA}", document=document(DATA, region=SECOND))
    assert dev.run("apply", "--yes", "--layer", SERVICE)[0] == 0


def test_nothing_is_asked_of_the_region_that_may_be_lost(dev: Project) -> None:
    for name in ("dev-state", "dev-state-objects"):
        dev.script(name, init={"error": NO_BUCKET})
    code, _, err = dev.run("apply", "--yes", "--layer", SERVICE)
    assert code == 1
    assert "docs/region-loss.md#fail-back" in err


def test_the_replica_does_not_take_the_place_of_what_was_promoted(dev: Project) -> None:
    dev.stack(f"dev-{DATA}", document=document(DATA, region=SECOND, protected=True))
    dev.script(
        f"dev-{DATA}", resources=["aws_db_instance.postgres"], plan={"deletes": {"aws_db_instance.postgres": {}}}
    )
    code, _, err = dev.run("apply", "--yes", "--layer", DATA)
    assert code == 1
    assert f"aws_db_instance.postgres, which serve or served in {SECOND}." in err
    assert "follow docs/region-loss.md#fail-back" in err
