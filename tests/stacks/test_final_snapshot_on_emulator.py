"""A database can be destroyed, created again and destroyed again, and leaves a final snapshot each time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import boto3
import cdktf
import pytest
from cdktf_cdktf_provider_aws.db_instance import DbInstance
from cdktf_cdktf_provider_aws.docdb_cluster import DocdbCluster
from cdktf_cdktf_provider_aws.provider import AwsProvider

from modules.data.final_snapshot import FinalSnapshot
from tests.template import LABEL, new_stack

if TYPE_CHECKING:
    from pathlib import Path

REGION: Final = "us-east-1"
NOT_SECRET: Final = "not-a-secret"


def configuration(engine_version: str) -> dict[str, Any]:
    """Both databases, with protection lifted: deletion is allowed, a final snapshot is still taken."""
    stack = new_stack()
    AwsProvider(stack, "aws", region=REGION)
    names = [
        FinalSnapshot(stack, name, label=LABEL, name=f"{name}-final", replaced_with={"engine_version": engine_version})
        for name in ("postgres", "documentdb")
    ]
    DbInstance(
        stack,
        "instance",
        identifier="one",
        engine="postgres",
        instance_class="db.t4g.micro",
        allocated_storage=20,
        username="app",
        password=NOT_SECRET,
        final_snapshot_identifier=names[0].name,
    )
    DocdbCluster(
        stack,
        "cluster",
        cluster_identifier="many",
        engine="docdb",
        master_username="app",
        master_password=NOT_SECRET,
        final_snapshot_identifier=names[1].name,
    )
    document: dict[str, Any] = json.loads(cdktf.Testing.synth(stack))
    document["terraform"] = {"required_providers": {"aws": {"source": "hashicorp/aws", "version": "5.100.0"}}}
    return document


def snapshots() -> list[str]:
    rds: Any = boto3.client("rds", region_name=REGION)
    found = rds.describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
    clusters = rds.describe_db_cluster_snapshots(SnapshotType="manual")["DBClusterSnapshots"]
    return sorted(
        [each["DBSnapshotIdentifier"] for each in found] + [each["DBClusterSnapshotIdentifier"] for each in clusters]
    )


@pytest.mark.emulator
@pytest.mark.terraform
@pytest.mark.seconds(410)
def test_each_database_of_a_name_leaves_its_own_final_snapshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from emulator import Emulator  # noqa: PLC0415 - moto is a second to import
    from emulator.probe.terraform import Terraform  # noqa: PLC0415

    with Emulator() as running:
        variables = running.environment(account=LABEL.account_id)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        terraform = Terraform(tmp_path, variables)

        def apply(version: str) -> str:
            (tmp_path / "cdk.tf.json").write_text(json.dumps(configuration(version)), encoding="utf-8")
            if not (tmp_path / ".terraform").exists():
                terraform.run("init", "-no-color")
            return terraform.run("apply", "-no-color", "-auto-approve")[1]

        apply("1")
        # Another name is for the next deletion: nothing else of the database changes.
        shown = apply("2")
        assert "2 added, 2 changed, 2 destroyed" in shown
        terraform.require_no_changes()
        assert snapshots() == []
        terraform.run("apply", "-destroy", "-no-color", "-auto-approve")
        first = snapshots()
        apply("2")
        terraform.run("apply", "-destroy", "-no-color", "-auto-approve")
        second = [name for name in snapshots() if name not in first]
    for left in (first, second):
        assert [name.rpartition("-")[0] for name in left] == [
            "user-management-test-documentdb-final",
            "user-management-test-postgres-final",
        ]
