"""The second region is removed in the order of docs/recovery.md, an environment against that of its dependencies."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from main import ROOT, synthesize
from synthesis.manifest import Stack, read_stacks
from tests.config.examples import present
from tests.fixtures import fixture_environment
from tests.standby import RESTORED, standby_fixture

if TYPE_CHECKING:
    from collections.abc import Callable

    from config.environment import Environment
    from tests.runner.conftest import Project

SECOND = "us-west-2"
VARIANTS: dict[str, Callable[[], Environment]] = {
    "copies": lambda: fixture_environment("prod"),
    "prepared": lambda: standby_fixture(mode="backup", replica=False),
    "pilot light": lambda: standby_fixture(mode="pilot_light", replica=False),
    "warm": standby_fixture,
    "active": lambda: standby_fixture(mode="active"),
    "restored": lambda: standby_fixture(mode="backup", replica=False, fail_over=RESTORED),
    "promoted": lambda: standby_fixture(fail_over=RESTORED),
}


class Applied:
    """An environment whose stacks all have resources, until they are destroyed."""

    def __init__(self, project: Project, config: Environment) -> None:
        synthesize([config], project.out)
        self.name = config.name
        self.stacks: dict[str, Stack] = dict(read_stacks(project.out))
        self.destroyed: list[str] = []
        self._project = project
        for id_ in self.stacks:
            project.script(id_, resources=["aws_vpc.main"])

    def destroy(self, *arguments: str) -> tuple[int, str]:
        """Destroy; return the exit code and what it says is wrong."""
        before = len(self._project.calls(" apply"))
        code, _, err = self._project.run("destroy", "--yes", *arguments, env=self.name)
        gone = [call.split()[0] for call in self._project.calls(" apply")[before:]]
        for id_ in gone:
            self._project.script(id_, resources=[])
        self.destroyed += gone
        return code, err


def unprotected(config: Environment) -> Environment:
    return config.model_copy(update={"protect_data": False})


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the account, which `tests/runner/test_caller.py` is about."""
    monkeypatch.setattr("runner.__main__.require_caller", lambda *_, **__: None)


@pytest.fixture
def applied(project: Project, request: pytest.FixtureRequest) -> Applied:
    return Applied(project, unprotected(VARIANTS[request.param]()))


def documented() -> list[str]:
    """The layers that the page destroys, in its order."""
    page = (ROOT / "docs" / "recovery.md").read_text(encoding="utf-8")
    section = page.partition("### To remove it, or to use another region")[2].partition("\n## ")[0]
    return re.findall(r"make destroy ENV=dev LAYER=(\S+)", section)


every = pytest.mark.parametrize("applied", VARIANTS, indirect=True)


@every
def test_the_second_region_is_removed_in_the_documented_order(applied: Applied) -> None:
    names = {stack.name for stack in applied.stacks.values()}
    for layer in documented():
        if layer in names:
            code, err = applied.destroy("--layer", layer)
            assert code == 0, err
    there = {id_ for id_, stack in applied.stacks.items() if stack.region == SECOND or stack.layer == "recovery"}
    assert set(applied.destroyed) == there


@pytest.mark.parametrize("applied", ["warm"], indirect=True)
@pytest.mark.parametrize(
    ("layer", "user"),
    [
        ("recovery", f"service-{SECOND}"),  # its images, its secrets, its alarm
        (f"network-{SECOND}", f"service-{SECOND}"),
        (f"data-{SECOND}", f"service-{SECOND}"),
        ("data", f"data-{SECOND}"),  # a replica follows it
        ("service", f"service-{SECOND}"),  # the name would lead there
        (f"notifications-{SECOND}", "recovery"),
    ],
)
def test_what_is_used_stays(applied: Applied, layer: str, user: str) -> None:
    code, err = applied.destroy("--layer", layer)
    assert code == 2
    assert re.search(rf"still in use by [^.]*warm-{user}\b", err), err
    assert applied.destroyed == []


@pytest.mark.parametrize("applied", ["promoted"], indirect=True)
def test_what_was_promoted_needs_nothing_of_the_databases_at_home(applied: Applied) -> None:
    _, err = applied.destroy("--layer", "data")
    assert f"warm-recovery-{SECOND}" in err  # RDS copies the backups of what exists
    assert f"warm-data-{SECOND}" not in err


@every
def test_a_stack_that_is_only_applied_after_another_reads_nothing_of_it(applied: Applied) -> None:
    stacks = applied.stacks
    orders = {(id_, other) for id_, stack in stacks.items() for other in stack.applied_after}
    assert orders <= {
        ("warm-service", f"warm-recovery-{SECOND}"),
        (f"warm-data-{SECOND}", "warm-data"),
    }
    for id_, other in orders:
        assert other in stacks[id_].dependencies
        assert other not in stacks[id_].producers(stacks).values()


@every
def test_a_whole_environment_is_destroyed_against_the_order_of_apply(applied: Applied) -> None:
    code, err = applied.destroy("--parallel", "4")
    assert code == 0, err
    assert set(applied.destroyed) == applied.stacks.keys()
    assert applied.destroyed[-1] == f"{applied.name}-state"
    place = {id_: number for number, id_ in enumerate(applied.destroyed)}
    for id_, stack in applied.stacks.items():
        assert [other for other in stack.dependencies if place[other] < place[id_]] == [], id_


def test_a_protected_environment_keeps_both_regions(project: Project) -> None:
    applied = Applied(project, standby_fixture())
    for arguments in ((), ("--region", SECOND)):
        code, err = applied.destroy(*arguments)
        assert code == 2
        assert f"warm-data-{SECOND}" in err
        assert "set `protect_data = false` in environments/warm.toml, run `make apply ENV=warm`, then repeat" in err
    assert applied.destroyed == []


def test_the_second_region_has_a_protection_of_its_own(project: Project) -> None:
    applied = Applied(project, standby_fixture())
    code, err = applied.destroy("--layer", f"data-{SECOND}")
    assert code == 2
    assert "`protect_data = false` in [recovery.standby] of environments/warm.toml" in err
    assert f"run `make apply ENV=warm REGION={SECOND}`, then repeat" in err


def test_without_it_what_stands_by_can_be_destroyed_and_nothing_else(project: Project) -> None:
    config = standby_fixture(fail_over=RESTORED)
    recovery = present(config.recovery)
    standby = present(recovery.standby).model_copy(update={"protect_data": False})
    config = config.model_copy(update={"recovery": recovery.model_copy(update={"standby": standby})})
    applied = Applied(project, config)
    code, err = applied.destroy()
    assert code == 2
    assert "warm-data, " in err
    assert f"warm-data-{SECOND}" not in err
    assert applied.destroyed == []
    for layer in ("service", "data", "domain", "network"):
        code, err = applied.destroy("--layer", f"{layer}-{SECOND}")
        assert code == 0, err
    assert {applied.stacks[id_].stands_by for id_ in applied.destroyed} == {True}
    assert applied.destroy("--layer", "recovery")[0] == 2
