"""The AWS CLI's calls in "Fail back" of docs/region-loss.md bring home what the second region has, and lose nothing.

Without Terraform and the switch of the names: `make region-loss` runs them with these.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pytest

from acceptance.account import Account
from acceptance.region_loss.checkout import Checkout
from acceptance.region_loss.page import steps
from main import ROOT
from runner.processes import Processes
from tests.acceptance.region_loss.world import HOME, SECOND, TwoRegions

if TYPE_CHECKING:
    from pathlib import Path

    from config.environment import Environment
    from emulator import Emulator

pytestmark = pytest.mark.seconds(120)

PAGE: Final = (ROOT / "docs" / "region-loss.md").read_text(encoding="utf-8")
PREFIX: Final = "user-management-prod"
API_KEY: Final = "/user-management/prod/api-keys/email"
_OTHERS: Final = ("make ", "terraform ", "cd ", "aws lambda invoke ")


@dataclass(frozen=True)
class Done:
    """What the commands have left."""

    regions: TwoRegions
    checkout: Checkout

    def client(self, name: str, region: str) -> Any:
        return self.regions.client(name, region)

    @property
    def before(self) -> str:
        """The end of the names of what was renamed."""
        return f"before-{self.checkout.variables['BACK']}"


def calls(commands: str) -> str:
    """The commands without those of Terraform, and without the switch."""
    return "".join(line for line in commands.splitlines(keepends=True) if not line.strip().startswith(_OTHERS))


@pytest.fixture
def done(environments: dict[str, Environment], emulator: Emulator, account_id: str, tmp_path: Path) -> Done:
    """Two regions that have both served, after the commands."""
    regions = TwoRegions(environments["prod"], emulator, account_id)
    for region, text in ((HOME, "of home"), (SECOND, "of the second region")):
        regions.prepare(region)
        regions.create_database(region, protect=True)
        regions.create_cluster(region)
        regions.marker.write(region, text)
        regions.create_bucket(region, text)
        regions.create_api_key(region, API_KEY, text)
    (tmp_path / "environments").mkdir()
    account = Account(account_id, HOME, emulator)
    path = os.pathsep.join([str(ROOT / ".venv" / "aws-cli" / "bin"), os.environ["PATH"]])
    checkout = Checkout(tmp_path, "prod", Processes(), {**account.environ(), "PATH": path, "AWS_PAGER": ""})
    for step in steps(PAGE):
        if step.part == "variables":
            checkout.run(step.commands)
            checkout.variables |= {"ACCOUNT": account_id, "FIRST": HOME, "SECOND": SECOND}
        elif step.part == "fail back" and step.commands:
            checkout.run(calls(step.commands))
    return Done(regions, checkout)


def test_home_has_what_the_second_region_had_and_keeps_its_own_under_another_name(done: Done) -> None:
    regions = done.regions
    regions.write_url(HOME)
    assert regions.marker.find(HOME) == {"of the second region"}
    rds = done.client("rds", HOME)
    found = {one["DBInstanceIdentifier"]: one for one in rds.describe_db_instances()["DBInstances"]}
    old, new = found[f"{PREFIX}-postgres-{done.before}"], found[f"{PREFIX}-postgres"]
    assert old["DeletionProtection"]
    assert new["DeletionProtection"]
    assert new["KmsKeyId"] == regions.places[HOME].key
    for name in ("DBInstanceClass", "VpcSecurityGroups", "DBParameterGroups"):
        assert new[name] == old[name]
    assert new["DBSubnetGroup"]["DBSubnetGroupName"] == f"{PREFIX}-postgres"
    regions.write_url(HOME, instance=f"{PREFIX}-postgres-{done.before}")
    assert regions.marker.find(HOME) == {"of home"}

    clusters = {one["DBClusterIdentifier"]: one for one in rds.describe_db_clusters()["DBClusters"]}
    before = clusters[f"{PREFIX}-documentdb-{done.before}"]
    assert [one["DBInstanceIdentifier"] for one in before["DBClusterMembers"]] == [
        f"{PREFIX}-documentdb-1-{done.before}"
    ]
    assert before["DeletionProtection"]
    after = clusters[f"{PREFIX}-documentdb"]
    assert after["KmsKeyId"] == regions.places[HOME].key
    assert after["DBClusterMembers"] == []

    parameter = done.client("ssm", HOME).get_parameter(Name=API_KEY, WithDecryption=True)["Parameter"]
    assert parameter["Value"] == "of the second region"
    described = done.client("ssm", HOME).describe_parameters(
        ParameterFilters=[{"Key": "Name", "Option": "Equals", "Values": [API_KEY]}]
    )["Parameters"]
    assert described[0]["KeyId"] == f"alias/{PREFIX}-secrets"
    files = done.client("s3", HOME).list_objects_v2(Bucket=regions.bucket(HOME))["Contents"]
    assert {one["Key"] for one in files} == {"of home", "of the second region"}
    assert regions.world.task("backend", SECOND).count == 0
    assert regions.world.task("backend", HOME).count == 1
