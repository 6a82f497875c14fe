"""The commands of the page on DocumentDB restore it beside the cluster that serves, and let it serve under its name."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.acceptance.region_loss.world import HOME, TwoRegions
from tests.acceptance.runbooks.commands import Runbook

if TYPE_CHECKING:
    from pathlib import Path

    from config.environment import Environment
    from emulator import Emulator

CLUSTER: Final = "user-management-prod-documentdb"
GROUP: Final = "user-management-prod-docdb5-0"
NUMBERS: Final = (1, 2, 3)


def instances(docdb: Any, cluster: str, *numbers: int) -> None:
    """Create instances of a cluster, as Terraform does."""
    for number in numbers:
        docdb.create_db_instance(
            DBInstanceIdentifier=f"{CLUSTER}-{number}",
            DBInstanceClass="db.t3.medium",
            Engine="docdb",
            DBClusterIdentifier=cluster,
        )


def found(docdb: Any) -> dict[str, set[str]]:
    """The instances of each cluster."""
    clusters = docdb.describe_db_clusters()["DBClusters"]
    return {
        one["DBClusterIdentifier"]: {member["DBInstanceIdentifier"] for member in one["DBClusterMembers"]}
        for one in clusters
    }


@pytest.mark.seconds(60)
def test_what_was_restored_serves_under_the_old_name_and_what_was_wrong_is_kept(
    environments: dict[str, Environment], emulator: Emulator, account_id: str, output: Path, tmp_path: Path
) -> None:
    regions = TwoRegions(environments["prod"], emulator, account_id)
    regions.prepare(HOME)
    docdb = regions.client("docdb", HOME)
    docdb.create_db_cluster_parameter_group(
        DBClusterParameterGroupName=GROUP, DBParameterGroupFamily="docdb5.0", Description="x"
    )
    regions.create_cluster(HOME)
    instances(docdb, CLUSTER, *NUMBERS[1:])
    before = found(docdb)
    regions.documents.write(HOME, "right")
    page = Runbook.of(
        "restore-documentdb", output=output, emulator=emulator, account=account_id, region=HOME, folder=tmp_path
    )
    assert "available" in page.run(page.section("How to tell"))

    page.run(page.step(1), TIME=datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    for number in (2, 3):
        page.run(page.step(number))
    assert found(docdb) == {**before, f"{CLUSTER}-restored": {f"{CLUSTER}-restored-1"}}
    first, _, later = page.section("How to undo").partition("Later")
    page.run(first)
    assert found(docdb) == before

    page.run(page.step(2))
    regions.documents.write(HOME, "wrong")  # the emulator restores to the moment of the call, not to an earlier one
    for number in (3, 4, 6):
        page.run(page.step(number))
    old = {f"{CLUSTER}-before-{number}" for number in NUMBERS}
    assert found(docdb) == {CLUSTER: set(), f"{CLUSTER}-before": old}
    (restored,) = docdb.describe_db_clusters(DBClusterIdentifier=CLUSTER)["DBClusters"]
    groups = {one["VpcSecurityGroupId"] for one in restored["VpcSecurityGroups"]}
    assert groups == {regions.places[HOME].group}
    assert (restored["DeletionProtection"], restored["DBClusterParameterGroup"]) == (True, GROUP)
    instances(docdb, CLUSTER, *NUMBERS)
    said = page.run(page.section("How to check"))
    assert all(f'"{CLUSTER}-{number}"' in said for number in NUMBERS)
    assert regions.documents.find(HOME) == {"right"}

    page.run(later)
    assert found(docdb) == before
    (kept,) = docdb.describe_db_cluster_snapshots(SnapshotType="manual")["DBClusterSnapshots"]
    assert kept["DBClusterSnapshotIdentifier"] == f"{CLUSTER}-before"
