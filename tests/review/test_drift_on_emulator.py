"""With the real Terraform and provider: after an apply and a refresh only what others change is drift."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from acceptance.harness import open_harness
from acceptance.lifecycle import EnvironmentRun, Row, apply
from review.drift import drift, owned_arguments
from runner import actions
from runner.results import Status
from runner.saved import SavedPlans
from tests.fixtures import FOLDER

if TYPE_CHECKING:
    from pathlib import Path

    from runner.session import Session

ENVIRONMENT = "minimal"


def found(session: Session, folder: Path) -> list[str]:
    """What a night finds."""
    saved = SavedPlans(folder=folder)
    results = actions.plan(replace(session, saved=saved))
    assert {result.status for result in results} == {Status.NO_CHANGES}
    contents = (json.loads(saved.content_file(result.stack).read_text(encoding="utf-8")) for result in results)
    return [line for content in contents for line in drift(content, owned_arguments())]


@pytest.mark.emulator
@pytest.mark.terraform
@pytest.mark.seconds(150)
def test_what_other_resources_add_is_gone_and_what_a_person_changes_is_found(tmp_path: Path) -> None:
    with open_harness([ENVIRONMENT], settings=FOLDER / ENVIRONMENT, layer="network") as harness:
        session = harness.session(ENVIRONMENT)
        apply(session, EnvironmentRun(ENVIRONMENT, rows={id_: Row(id_) for id_ in session.stacks}))
        before = found(session, tmp_path / "before")
        assert [line for line in before if line.startswith("aws_route_table.")]

        persons = {id_: stack for id_, stack in session.chosen.items() if stack.layer == "state"}
        assert actions.refresh(session)
        assert actions.refresh(replace(session, chosen=persons))
        assert found(session, tmp_path / "after") == []

        ec2: Any = harness.account(ENVIRONMENT).session().client("ec2")
        (table_id,) = (
            table["RouteTableId"]
            for table in ec2.describe_route_tables()["RouteTables"]
            if any(tag["Value"].endswith("public") for tag in table.get("Tags", ()) if tag["Key"] == "Name")
        )
        (gateway,) = ec2.describe_internet_gateways()["InternetGateways"]
        ec2.create_route(
            RouteTableId=table_id, DestinationCidrBlock="198.51.100.0/24", GatewayId=gateway["InternetGatewayId"]
        )
        changed = found(session, tmp_path / "changed")
        assert len(changed) == 1
        assert changed[0].startswith("aws_route_table.")
        assert changed[0].endswith(": route")
