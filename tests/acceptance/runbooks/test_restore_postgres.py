"""The commands of the page on PostgreSQL restore it to the time before the damage, and keep the old instance."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from emulator.services import rds_backup_records
from tests.acceptance.region_loss.world import HOME, TwoRegions
from tests.acceptance.runbooks.commands import Runbook

if TYPE_CHECKING:
    from pathlib import Path

    from config.environment import Environment
    from emulator import Emulator

_SECOND = 1.1
"""A page names a moment in whole seconds."""
POSTGRES = "user-management-prod-postgres"


@pytest.fixture(autouse=True)
def _no_lag(monkeypatch: pytest.MonkeyPatch) -> None:
    """The logs are there at once, for which a person waits."""
    monkeypatch.setattr(rds_backup_records, "LAG_MINUTES", 0)


@pytest.mark.seconds(40)
def test_what_was_there_before_the_damage_serves_under_the_old_name(
    environments: dict[str, Environment],
    emulator: Emulator,
    account_id: str,
    output: Path,
    tmp_path: Path,
) -> None:
    regions = TwoRegions(environments["prod"], emulator, account_id)
    regions.prepare(HOME)
    regions.create_database(HOME, protect=True)
    rds = regions.client("rds", HOME)
    rds.create_db_parameter_group(
        DBParameterGroupName="user-management-prod-postgres17", DBParameterGroupFamily="postgres17", Description="x"
    )
    (group,) = rds.describe_db_subnet_groups(DBSubnetGroupName=POSTGRES)["DBSubnetGroups"]
    rds.create_db_proxy(
        DBProxyName=POSTGRES,
        EngineFamily="POSTGRESQL",
        Auth=[],
        RoleArn=f"arn:aws:iam::{account_id}:role/proxy",
        VpcSubnetIds=[one["SubnetIdentifier"] for one in group["Subnets"]],
    )
    rds.register_db_proxy_targets(DBProxyName=POSTGRES, DBInstanceIdentifiers=[POSTGRES])
    regions.marker.write(HOME, "right")
    page = Runbook.of(
        "restore-postgres", output=output, emulator=emulator, account=account_id, region=HOME, folder=tmp_path
    )
    time.sleep(_SECOND)
    right = datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    time.sleep(_SECOND)
    regions.marker.write(HOME, "wrong")
    assert "available" in page.run(page.section("How to tell"))
    page.run(page.section("What to do"), TIME=right)
    found = {one["DBInstanceIdentifier"]: one for one in rds.describe_db_instances()["DBInstances"]}
    assert found.keys() == {POSTGRES, f"{POSTGRES}-before"}
    restored = found[POSTGRES]
    assert (restored["DeletionProtection"], restored["PubliclyAccessible"]) == (True, False)
    assert restored["DBParameterGroups"][0]["DBParameterGroupName"] == "user-management-prod-postgres17"
    assert rds.describe_db_proxy_targets(DBProxyName=POSTGRES)["Targets"] == []  # none that leads to the old instance
    assert restored["DbiResourceId"] != found[f"{POSTGRES}-before"]["DbiResourceId"]
    regions.write_url(HOME)
    assert regions.marker.find(HOME) == {"right"}
    _, _, last = page.section("How to undo").partition("Later")
    page.run(last)
    assert [one["DBInstanceIdentifier"] for one in rds.describe_db_instances()["DBInstances"]] == [POSTGRES]
