from __future__ import annotations

from typing import Any

import pytest

from synthesis.stateful import STATEFUL
from tests.upgrade.changes import EXPECTED, Change, ExpectedChanges
from tests.upgrade.report import UPDATE, UpgradeReport

BOTH = frozenset({"dev-data", "dev-network"})
TAGGED = Change("dev-network", "aws_vpc.vpc", "update")
PATH = "tests/upgrade/expected/dev.txt"


def report(**more: Any) -> UpgradeReport:
    nothing: dict[str, Any] = {"before": BOTH, "now": BOTH, "plans": {}, "failures": [], "second_plan": []}
    return UpgradeReport("dev", **{**nothing, **more})


def problems(found: UpgradeReport, *listed: Change) -> str:
    expected = ExpectedChanges(EXPECTED / "dev.txt", dict.fromkeys(listed, ("",)))
    return found.problems(expected, irreplaceable=STATEFUL)


def test_an_upgrade_that_changes_what_is_listed_is_safe() -> None:
    assert problems(report(plans={"dev-network": ["update aws_vpc.vpc", "read data.aws_vpc.any"]}), TAGGED) == ""


def test_a_change_that_is_not_listed_is_named_with_what_to_do() -> None:
    assert problems(report(plans={"dev-network": ["update aws_vpc.vpc"]})) == (
        f"dev: these changes are not listed in {PATH}. Where an address changed, keep the resource by a `moved` block "
        f"(docs/upgrades.md). Where a change is meant, list it: {UPDATE}\n  dev-network aws_vpc.vpc update"
    )


def test_a_change_of_another_stack_or_of_another_kind_is_not_the_listed_one() -> None:
    told = problems(report(plans={"dev-data": ["update aws_vpc.vpc"], "dev-network": ["replace aws_vpc.vpc"]}), TAGGED)
    assert "\n  dev-data aws_vpc.vpc update\n  dev-network aws_vpc.vpc replace\n" in told


def test_a_listed_change_that_does_not_happen_is_named() -> None:
    told = problems(report(), TAGGED)
    assert told.startswith(f"dev: {PATH} lists these changes, which do not happen any more.")
    assert told.endswith("\n  dev-network aws_vpc.vpc update")


@pytest.mark.parametrize("action", ["delete", "replace"])
@pytest.mark.parametrize("type_", STATEFUL)
def test_what_holds_data_may_not_go_even_when_listed(type_: str, action: str) -> None:
    plans = {"dev-data": [f"{action} {type_}.any"]}
    told = problems(report(plans=plans), Change("dev-data", f"{type_}.any", action))
    assert told.startswith("dev: these hold what Terraform cannot bring back, so no list allows")
    assert told.endswith(f"\n  dev-data {type_}.any {action}")
    assert "not listed" not in problems(report(plans=plans))  # or listing it would seem to be a way out


def test_a_new_stack_may_create_without_a_list_and_nothing_else() -> None:
    now = BOTH | {"dev-edge"}
    assert problems(report(now=now, plans={"dev-edge": ["create aws_s3_bucket.site"]})) == ""
    told = problems(report(now=now, plans={"dev-edge": ["create aws_s3_bucket.site", "delete aws_vpc.vpc"]}))
    assert told.startswith("dev: these stacks are new, and a new stack may only create, or import what")
    assert told.endswith("\n  dev-edge aws_vpc.vpc delete")


@pytest.mark.parametrize("action", ["import", "update"])
def test_what_a_new_stack_imports_must_be_listed(action: str) -> None:
    found = report(now=BOTH | {"dev-edge"}, plans={"dev-edge": [f"{action} aws_s3_bucket.site"]})
    assert "not listed" in problems(found)
    assert problems(found, Change("dev-edge", "aws_s3_bucket.site", action)) == ""


def test_a_layer_that_is_gone_must_be_listed() -> None:
    found = report(now=BOTH - {"dev-data"})
    told = problems(found)
    assert told.startswith("dev: these layers are not synthesized any more")
    assert told.endswith("\n  dev-data * retired")
    assert problems(found, Change.retirement("dev-data")) == ""


def test_after_a_failure_what_was_not_planned_is_not_called_outdated() -> None:
    told = problems(report(failures=["dev-data: failed. Error: any"]), TAGGED)
    assert told.startswith("dev: the upgrade stopped;")
    assert told.endswith("\n  dev-data: failed. Error: any")


def test_a_second_plan_that_is_not_empty_is_a_problem() -> None:
    told = problems(report(second_plan=["dev-network: update aws_vpc.vpc"]))
    assert told.startswith("dev: the upgrade is applied, and a second plan must be empty")
    assert told.endswith("\n  dev-network: update aws_vpc.vpc")


def test_problems_of_several_kinds_are_all_told() -> None:
    found = report(now=BOTH - {"dev-data"}, plans={"dev-network": ["delete aws_vpc.vpc", "delete aws_kms_key.any"]})
    assert problems(found, TAGGED).count("\n\ndev: ") == 3
