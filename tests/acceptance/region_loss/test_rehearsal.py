"""A rehearsal follows the page in its order, and ends where a copy or a marker is missing."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from acceptance.region_loss.page import PageStep
from acceptance.region_loss.rehearsal import BEFORE, DURING, Rehearsal
from acceptance.region_loss.tasks import TaskError
from console.durations import Durations
from emulator.functions.asynchronous import BACKGROUND
from runner.errors import RunnerError

if TYPE_CHECKING:
    from collections.abc import Mapping

HOME, SECOND = "us-east-2", "us-west-2"
NAMES = "ENV=staging FIRST=here SECOND=there"
STEPS = (
    PageStep("variables", "the environment", commands=NAMES),
    PageStep("fail back", "go home", commands="home"),
    PageStep("fail over", "set it", settings="[recovery.fail_over]"),
    PageStep("fail over", "apply", commands="over"),
    PageStep("fail back", "as before", removed="recovery.fail_over"),
)
JOBS: dict[str, Any] = {
    "backups": [{"resource": "arn:postgres", "state": "COMPLETED", "message": None, "empty": False}],
    "copies": [{"resource": "arn:postgres", "state": "COMPLETED", "message": None}],
}


class Script:
    """A checkout that only notes what is asked of it."""

    environment = "prod"

    def __init__(self) -> None:
        self.variables: dict[str, str] = {}
        self.said: list[str] = []
        self.told: list[str] = []

    def run(self, commands: str) -> str:
        self.said.append(commands)
        return ""

    def set(self, block: str) -> None:
        self.said.append(f"set {block}")

    def remove(self, table: str) -> None:
        self.said.append(f"remove {table}")


@dataclass
class Store:
    """A store whose content travels, as far as a test lets it."""

    name: str
    keeps_all: bool = True
    travels: bool = True
    refuses: str = ""
    content: set[str] = field(default_factory=set)

    def write(self, region: str, text: str) -> str | None:
        if self.refuses == region:
            message = "refused"
            raise TaskError(message)
        if not self.keeps_all:
            self.content.clear()
        self.content.add(text)
        return text

    def find(self, region: str) -> set[str]:
        return self.content if self.travels or region == HOME else set()


def rehearsal(*stores: Store, jobs: Mapping[str, Any] = JOBS) -> Rehearsal:
    class Emulated:
        def call(self, operation: str, body: Mapping[str, Any]) -> Any:
            script.said.append(f"/emulator/{operation} {body.get('lost', '')}".strip())
            return jobs

    script = Script()
    names = {"ENV": "prod", "FIRST": HOME, "SECOND": SECOND}
    return Rehearsal(
        script,  # type: ignore[arg-type]  # what of a checkout is used
        Emulated(),  # type: ignore[arg-type]  # what of it is asked
        home=HOME,
        second=SECOND,
        markers=stores,
        durations=Durations(Path(os.devnull)),
        say=script.told.append,
        names=names,
    )


def said(found: Rehearsal) -> list[str]:
    return found.checkout.said  # type: ignore[attr-defined,no-any-return]  # of the script


def test_the_parts_of_the_page_are_followed_around_the_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    found = rehearsal(Store("rows"), Store("key", keeps_all=False))
    monkeypatch.setattr(BACKGROUND, "wait", lambda: said(found).append("what was called by a write has ended"))
    found.run(STEPS)
    order = [line for line in said(found) if not line.startswith(("make", ".venv"))]
    assert order == [
        NAMES,
        "/emulator/backups",
        "what was called by a write has ended",
        "/emulator/regions True",
        "set [recovery.fail_over]",
        "over",
        "/emulator/regions False",
        "home",
        "remove recovery.fail_over",
    ]
    assert said(found)[-1].endswith("runner plan --env prod --detailed-exitcode --parallel $PARALLEL")
    assert found.checkout.variables == {"ENV": "prod", "FIRST": HOME, "SECOND": SECOND}
    assert [(one.part, one.title) for one in found.done][-2] == ("fail back", "check every store")


def test_each_step_says_how_far_the_whole_is() -> None:
    found = rehearsal(Store("rows"))
    found.run(STEPS)
    told: list[str] = found.checkout.told  # type: ignore[attr-defined]  # of the script
    assert told[0] == "region-loss prod: 13 steps, the first run: how long it takes is not known yet"
    assert told[1] == "before: apply all stacks, 0 s  (1 of 13 steps)"
    assert told[-1] == "fail back: plan all stacks without a change, 0 s  (13 of 13 steps)"
    assert len(told) == 14


def test_what_was_written_on_both_sides_must_be_at_home_again() -> None:
    rows, key = Store("rows"), Store("key", keeps_all=False)
    rehearsal(rows, key).run(STEPS)
    assert rows.content == {BEFORE, DURING}
    assert key.content == {DURING}


def test_a_store_that_does_not_travel_ends_the_rehearsal_before_the_region_is_back() -> None:
    found = rehearsal(Store("rows"), Store("files", travels=False))
    with pytest.raises(RunnerError, match=f"files in {SECOND}: found \\[\\], and not"):
        found.run(STEPS)
    assert "/emulator/regions False" not in said(found)
    assert found.done[-1].title == "apply"


def test_a_service_that_cannot_write_ends_it() -> None:
    with pytest.raises(RunnerError, match="rows: refused"):
        rehearsal(Store("rows", refuses=SECOND)).run(STEPS)


@pytest.mark.parametrize(
    ("jobs", "message"),
    [
        ({**JOBS, "copies": []}, "no backup was copied"),
        ({**JOBS, "copies": [{**JOBS["copies"][0], "state": "FAILED", "message": "denied"}]}, "arn:postgres: denied"),
        ({**JOBS, "backups": [{**JOBS["backups"][0], "empty": True}]}, "the backup of arn:postgres is empty"),
    ],
)
def test_a_backup_that_is_not_copied_ends_it_before_the_loss(jobs: dict[str, Any], message: str) -> None:
    found = rehearsal(Store("rows"), jobs=jobs)
    with pytest.raises(RunnerError, match=message):
        found.run(STEPS)
    assert "/emulator/regions True" not in said(found)


def test_a_page_that_sets_other_variables_is_refused() -> None:
    step = PageStep("variables", "the environment", commands="ENV=staging FIRST=here")
    with pytest.raises(RunnerError, match=r"docs/region-loss\.md does not set SECOND\."):
        rehearsal(Store("rows")).run([step])
