"""The whole of dev, applied on an emulator, and what the API says of it; one file, so that it is applied once.

What must hold in every environment belongs into acceptance/checks/ instead: `make emulate` asks that in each.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from acceptance.leftovers import list_items
from acceptance.listings import LISTED_BY, PART_OF
from preflight import __main__ as program
from preflight.account import Account
from preflight.line import Status
from preflight.platform import Platform
from runner.name_servers import Delegation
from synthesis.manifest import of_environment, read_stacks
from tests.preflight.conftest import session_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.applied import Applied

pytestmark = [
    pytest.mark.emulator,
    pytest.mark.terraform,
    pytest.mark.xdist_group("applied"),  # in one process, so that it is applied once
    pytest.mark.seconds(140),
]

# Each account has one of these; its listing shows its settings, not a name.
_SINGLE = {
    "aws_ebs_encryption_by_default",
    "aws_ebs_snapshot_block_public_access",
    "aws_ecr_registry_scanning_configuration",
    "aws_iam_account_password_policy",
    "aws_s3_account_public_access_block",
}


@pytest.fixture(scope="module")
def applied() -> Iterator[Applied]:
    """The environment, its account and its outputs."""
    from tests.applied import applied as applying  # noqa: PLC0415 - moto is a second to import

    with applying("dev") as found:
        yield found


def test_the_outputs_name_what_the_api_has(applied: Applied) -> None:
    network = applied.outputs["dev-network"]
    found = applied.account.session().client("ec2").describe_vpcs(VpcIds=[network["vpc_id"]])["Vpcs"]
    assert [vpc["CidrBlock"] for vpc in found] == ["10.2.0.0/16"]
    assert applied.resources["dev-network"] > 50


def test_every_resource_of_an_applied_environment_is_found(applied: Applied) -> None:
    session = applied.account.session()
    texts: dict[str, str] = {}
    unseen = []
    for kind, resources in applied.names.items():
        if kind in PART_OF or kind in _SINGLE:
            continue
        operation = LISTED_BY[kind]
        if operation not in texts:
            found = list(list_items(session, operation, account_id=applied.account.id))
            texts[operation] = json.dumps(found, default=str)
        unseen += [(kind, names) for names in resources if not any(name in texts[operation] for name in names)]
    assert unseen == []
    assert len(texts) > 20


def test_what_is_applied_is_not_in_its_own_way(applied: Applied, output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in applied.account.exports().items():
        monkeypatch.setenv(name, value)
    platform = Platform(of_environment(read_stacks(output), applied.environment))
    account = Account(session_of(applied.account.id), home_region=platform.home_region)
    zones = account.items("route53", None, "list_hosted_zones", "HostedZones")
    servers = account.client("route53").get_hosted_zone(Id=zones[0]["Id"])["DelegationSet"]["NameServers"]

    lines, _ = program.preflight(
        platform, account, look_up=lambda _: Delegation(name_servers=frozenset(servers)), local_state=output / "none"
    )

    assert [line for line in lines if line.status is not Status.OK] == []
    assert not [line for line in lines if line.subject.startswith("names") and "free" in line.found]
