"""`make plan` ends with the verdict of `make review`, and keeps the text of each plan where only this user reads it."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

from tests.review.plan_json import entry, plan

if TYPE_CHECKING:
    from tests.runner.conftest import Project

PLANNED = {"add": 1}


def lost() -> str:
    values = {"storage_encrypted": True, "arn": "hidden"}
    after = {**values, "storage_encrypted": False}
    own = entry(
        "aws_db_instance.a", "replace", values, after, replace_paths=[["storage_encrypted"]], sensitive={"arn": True}
    )
    return json.dumps(plan(own))


def test_a_plan_ends_with_its_verdict_and_the_places_of_the_texts(dev: Project) -> None:
    dev.script("dev-network", plan=PLANNED, resources=["aws_vpc.main"], content=lost())
    code, out, _ = dev.run("plan")
    assert code == 0
    _, _, end = out.partition("Verdict: block\n")
    assert "  block           destroy-data       dev-network/aws_db_instance.a\n" in end
    assert "is replaced by an empty one: storage_encrypted true -> false" in end
    assert "hidden" not in out
    text = dev.root / ".terraform-work" / "dev-network" / "plan.txt"
    assert stat.S_IMODE(text.stat().st_mode) == 0o600
    assert text.read_text(encoding="utf-8") == "Plan of dev-network\n"
    assert "dev-network/plan.txt\n" in end
    assert end.rstrip().splitlines()[-1].startswith("To apply: make apply ENV=dev")


def test_the_text_has_no_sensitive_value_that_terraform_left_in_it(dev: Project) -> None:
    own = entry("terraform_data.a", "change", {"input": "dev-network"}, {}, sensitive={"input": True})
    dev.script("dev-network", plan=PLANNED, resources=["aws_vpc.main"], content=json.dumps(plan(own)))
    _, out, _ = dev.run("plan")
    assert "Plan of (sensitive)\n" in out
    text = dev.root / ".terraform-work" / "dev-network" / "plan.txt"
    assert text.read_text(encoding="utf-8") == "Plan of (sensitive)\n"


def test_without_changes_there_is_no_verdict(dev: Project) -> None:
    assert "Verdict" not in dev.run("plan")[1]


def test_a_plan_that_cannot_be_judged_is_shown_all_the_same(dev: Project) -> None:
    dev.script("dev-network", plan=PLANNED, content='{"format_version": "2.0"}')
    code, out, _ = dev.run("plan")
    assert code == 0
    assert "There is no verdict: dev-network: has the format_version '2.0', and must have 1.x" in out
