from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from config.zone_features import DOCUMENTDB, RDS_PROXY
from emulator.services.rds_places import REGIONS_WITHOUT_DOCUMENTDB, ZONES_WITHOUT_PROXY
from emulator.zones import id_of_zone
from tests.emulator.network import make_subnets

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

WITHOUT_PROXY = "us-east-1e"
ROLE = "arn:aws:iam::123456789012:role/proxy"


def create_proxy(client: Client, name: str, subnets: list[str]) -> list[str]:
    """Create a proxy and return the subnets that it is in."""
    rds = client("rds")
    secret = client("secretsmanager").create_secret(Name=f"proxy-{name}")["ARN"]
    rds.create_db_proxy(
        DBProxyName=name,
        EngineFamily="POSTGRESQL",
        Auth=[{"AuthScheme": "SECRETS", "SecretArn": secret}],
        RoleArn=ROLE,
        VpcSubnetIds=subnets,
    )
    found: list[str] = rds.describe_db_proxies(DBProxyName=name)["DBProxies"][0]["VpcSubnetIds"]
    return found


def test_the_emulator_and_the_settings_know_the_same_places() -> None:
    assert id_of_zone(WITHOUT_PROXY) == "use1-az3"
    assert RDS_PROXY.without_zones == ZONES_WITHOUT_PROXY
    assert DOCUMENTDB.without_regions == REGIONS_WITHOUT_DOCUMENTDB


def test_a_proxy_over_two_zones_of_which_one_has_no_proxy_is_refused(client: Client) -> None:
    subnets = make_subnets(client, "us-east-1a", WITHOUT_PROXY)
    with pytest.raises(ClientError, match=r"InvalidSubnet.*at least two Availability Zones.*use1-az3, use1-az6"):
        create_proxy(client, "one-zone", subnets)


def test_a_proxy_over_three_zones_leaves_out_the_one_without_proxy(client: Client) -> None:
    first, second, third = make_subnets(client, "us-east-1a", WITHOUT_PROXY, "us-east-1b")
    assert sorted(create_proxy(client, "three-zones", [first, second, third])) == sorted([first, third])


def test_a_proxy_over_two_zones_with_proxy_is_in_both(client: Client) -> None:
    subnets = make_subnets(client, "us-east-1a", "us-east-1b")
    assert sorted(create_proxy(client, "two-zones", subnets)) == sorted(subnets)


def test_documentdb_is_unknown_in_a_region_without_it(client: Client) -> None:
    for region in sorted(REGIONS_WITHOUT_DOCUMENTDB):
        with pytest.raises(ClientError, match=r"InvalidParameterValue.*Invalid DB engine"):
            client("docdb", region=region).create_db_cluster(DBClusterIdentifier="documents", Engine="docdb")
