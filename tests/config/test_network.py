from ipaddress import IPv4Network
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from config.network import INTERFACE_ENDPOINTS, PRIVATE_BLOCKS, NetworkSettings, Zone
from tests.config.examples import changed, parsed, refusal

NO_ENDPOINTS = "interface_endpoints = []"
ENDPOINTS = 'interface_endpoints = ["ecr.api", "ecr.dkr", "logs"]'
USED = '"ssm", "xray", "secretsmanager", "ecs", "codedeploy"'

ECR = "333333333333.dkr.ecr.us-east-1.amazonaws.com"
DIGEST = f"sha256:{'a' * 64}"
PRIVATE_IMAGES = (
    ('strategy = "blue_green"', f'strategy = "blue_green"\nplaceholder_image = "{ECR}/python@{DIGEST}"'),
    ("[cluster]", f'[cluster]\ncollector_image = "{ECR}/collector@{DIGEST}"'),
)


def test_production_has_the_addresses_of_the_design() -> None:
    network = parsed(changed()).network
    assert str(network.cidr) == "10.0.0.0/16"
    assert [[str(cidr) for cidr in zone.cidrs.values()] for zone in network.zones] == [
        ["10.0.1.0/24", "10.0.10.0/24", "10.0.100.0/24"],
        ["10.0.2.0/24", "10.0.20.0/24", "10.0.200.0/24"],
    ]


def test_a_subnet_outside_the_vpc_is_refused() -> None:
    assert refusal(changed(("10.0.1.0/24", "10.1.1.0/24"))) == [
        ('network.zones[0].public_cidr = "10.1.1.0/24": is not in the VPC\'s 10.0.0.0/16; use a block inside it')
    ]


def test_overlapping_subnets_are_reported_with_both_keys() -> None:
    assert refusal(changed(("10.0.20.0/24", "10.0.10.128/25"))) == [
        (
            'network.zones[1].private_cidr = "10.0.10.128/25": '
            'overlaps zones[0].private_cidr = "10.0.10.0/24"; use another block'
        )
    ]


def test_host_bits_are_reported_with_the_correct_block() -> None:
    assert refusal(changed(("10.0.100.0/24", "10.0.100.4/24"))) == [
        (
            'network.zones[0].database_cidr = "10.0.100.4/24": '
            'is an address inside the block, not the block; use "10.0.100.0/24"'
        )
    ]


@pytest.mark.parametrize("cidr", ["10.0.0.0/15", "10.0.0.0/8"])
def test_a_vpc_larger_than_aws_allows_is_refused(cidr: str) -> None:
    assert refusal(changed(("10.0.0.0/16", cidr))) == [f'network.cidr = "{cidr}": must be between /16 and /28']


def test_a_vpc_smaller_than_aws_allows_is_refused() -> None:
    assert 'network.cidr = "10.0.0.0/29": must be between /16 and /28' in refusal(
        changed(("10.0.0.0/16", "10.0.0.0/29"))
    )


def test_a_subnet_smaller_than_aws_allows_is_refused() -> None:
    assert refusal(changed(("10.0.100.0/24", "10.0.100.0/29"))) == [
        'network.zones[0].database_cidr = "10.0.100.0/29": must be between /16 and /28'
    ]


def test_a_subnet_too_small_for_a_load_balancer_is_refused() -> None:
    assert refusal(changed(("10.0.1.0/24", "10.0.1.0/28"))) == [
        'network.zones[0].public_cidr = "10.0.1.0/28": must be /27 or larger, because load balancers need it'
    ]
    zone = parsed(changed(("10.0.1.0/24", "10.0.1.0/27"), ("10.0.100.0/24", "10.0.100.0/28"))).network.zones[0]
    assert (zone.public_cidr.prefixlen, zone.database_cidr.prefixlen) == (27, 28)


def test_public_addresses_are_refused() -> None:
    assert refusal(changed(("10.0.0.0/16", "8.8.0.0/16")))[0] == (
        'network.cidr = "8.8.0.0/16": is not a valid private block; use one inside 10.0.0.0/8, 172.16.0.0/12, '
        "192.168.0.0/16, 100.64.0.0/10"
    )


@pytest.mark.parametrize("block", PRIVATE_BLOCKS, ids=str)
def test_every_private_range_is_accepted(block: IPv4Network) -> None:
    vpc = next(iter(block.subnets(new_prefix=16))) if block.prefixlen < 16 else block
    assert network(cidr=str(vpc), zones=zones_of(vpc)).cidr == vpc


def test_a_zone_twice_is_refused() -> None:
    assert refusal(changed(("use1-az2", "use1-az1"))) == [
        'network.zones[1].id = "use1-az1": is already the zone of zones[0]; use another'
    ]


def test_one_zone_is_refused() -> None:
    toml = changed()
    start, end = toml.rindex("[[network.zones]]"), toml.index("[postgres]")
    assert (
        "network.zones: there must be 2 to 6, not 1: load balancers and database subnet groups need two"
    ) in refusal(toml[:start] + toml[end:])


def test_seven_zones_are_refused() -> None:
    vpc = IPv4Network("10.0.0.0/16")
    with pytest.raises(ValidationError, match="zones: there must be 2 to 6, not 7"):
        network(cidr=str(vpc), zones=zones_of(vpc, count=7))


def test_services_in_no_zone_are_refused() -> None:
    toml = changed(('private_cidr = "10.0.10.0/24"\n', ""), ('private_cidr = "10.0.20.0/24"\n', ""))
    assert refusal(toml) == [
        "network.zones: must have at least one zone with a private_cidr, because services run there"
    ]


def test_services_in_one_zone_are_accepted() -> None:
    # With a public load balancer: an internal one needs two of them.
    toml = changed(('private_cidr = "10.0.20.0/24"\n', ""), ("[edge] #", "#"))
    zones = parsed(toml).network.zones
    assert [zone.private_cidr is None for zone in zones] == [False, True]


def test_an_unknown_nat_setting_is_reported_with_the_allowed_ones() -> None:
    assert refusal(changed(('"per_zone"', '"per-zone"'))) == [
        'network.nat_gateways = "per-zone": did you mean "per_zone"? Allowed: "per_zone", "single", "none"'
    ]


def test_no_nat_gateway_needs_the_endpoints_of_a_task() -> None:
    toml = changed(
        *PRIVATE_IMAGES, ('"per_zone"', '"none"'), (NO_ENDPOINTS, f'interface_endpoints = ["ecr.dkr", {USED}]')
    )
    assert refusal(toml) == [
        (
            'network.nat_gateways = "none": without NAT gateways no task can start; '
            'add ecr.api, logs to interface_endpoints, or use "per_zone" or "single"'
        )
    ]


def test_no_nat_gateway_is_accepted_with_the_endpoints_of_a_task() -> None:
    endpoints = ENDPOINTS.replace("]", f", {USED}]")
    toml = changed(*PRIVATE_IMAGES, ('"per_zone"', '"none"'), (NO_ENDPOINTS, endpoints))
    assert parsed(toml).network.nat_gateways == "none"


def test_an_unknown_endpoint_is_reported_with_the_nearest() -> None:
    (line,) = refusal(changed((NO_ENDPOINTS, ENDPOINTS.replace("ecr.api", "ecr-api"))))
    assert line.startswith('network.interface_endpoints[0] = "ecr-api": did you mean "ecr.api"? Allowed: ')
    assert all(f'"{endpoint}"' in line for endpoint in INTERFACE_ENDPOINTS)


def test_an_endpoint_listed_twice_is_refused() -> None:
    assert refusal(changed((NO_ENDPOINTS, ENDPOINTS.replace("ecr.dkr", "logs")))) == [
        'network.interface_endpoints[2] = "logs": is listed twice; remove one'
    ]


def network(*, cidr: str, zones: tuple[Zone, ...]) -> NetworkSettings:
    return NetworkSettings.model_validate({"cidr": cidr, "zones": zones, "nat_gateways": "per_zone"})


def zones_of(vpc: IPv4Network, *, count: int = 2) -> tuple[Zone, ...]:
    blocks = vpc.subnets(new_prefix=24)
    return tuple(
        Zone.model_validate(
            {
                "id": f"use1-az{number}",
                "public_cidr": next(blocks),
                "private_cidr": next(blocks),
                "database_cidr": next(blocks),
            }
        )
        for number in range(1, count + 1)
    )


# Small enough to overlap often.
BLOCKS = st.builds(
    lambda address, prefix: IPv4Network((0x0A000000 + address, prefix), strict=False),
    st.integers(0, 2**10 - 1),
    st.integers(23, 27),
)


@given(st.lists(BLOCKS, min_size=6, max_size=6))
@settings(deadline=None)
def test_networks_are_accepted_exactly_when_no_two_subnets_overlap(blocks: list[IPv4Network]) -> None:
    zones: list[dict[str, Any]] = [
        {"id": zone, "public_cidr": public, "private_cidr": private, "database_cidr": database}
        for zone, (public, private, database) in zip(("use1-az1", "use1-az2"), (blocks[:3], blocks[3:]), strict=True)
    ]
    overlaps = sum(a.overlaps(b) for a, b in combinations(blocks, 2))
    found = [
        problem.allowed
        for problem in NetworkSettings.problems_among({"zones": [Zone.model_validate(zone) for zone in zones]})
    ]
    assert len(found) == overlaps
    assert all(allowed.startswith("overlaps zones[") for allowed in found)


@given(BLOCKS, st.integers(16, 28))
@settings(deadline=None)
def test_a_subnet_is_accepted_exactly_when_it_is_in_the_vpc(block: IPv4Network, prefix: int) -> None:
    vpc = IPv4Network(f"10.0.0.0/{prefix}")
    zone = Zone.model_validate({"id": "use1-az1", "public_cidr": block, "database_cidr": block})
    outside = [
        problem.key
        for problem in NetworkSettings.problems_among({"cidr": vpc, "zones": [zone]})
        if problem.allowed.startswith("is not in the VPC")
    ]
    inside = block.network_address in vpc and block.broadcast_address in vpc
    assert outside == ([] if inside else ["zones[0].public_cidr", "zones[0].database_cidr"])


SINGLE = ('nat_gateways = "per_zone"', 'nat_gateways = "single"')


def test_one_earlier_name_for_two_zones_is_refused() -> None:
    lines = (f'id = "use1-az{number}"' for number in (1, 2))
    toml = changed(*((line, f'{line}\nformerly = "us-east-1a"') for line in lines))
    assert refusal(toml) == ['network.zones[1].formerly = "us-east-1a": is already the zone of zones[0]; use another']


def test_a_single_nat_gateway_names_its_zone_where_there_is_a_choice() -> None:
    (line,) = refusal(changed(SINGLE))
    assert line.startswith(
        'network.nat_gateway_zone: is missing: nat_gateways = "single" and more than one zone has a '
    )
    toml = changed((SINGLE[0], f'{SINGLE[1]}\nnat_gateway_zone = "use1-az2"'))
    assert parsed(toml).network.nat_gateway_zone == "use1-az2"


def test_the_zone_of_the_nat_gateway_is_one_of_the_network() -> None:
    toml = changed((SINGLE[0], f'{SINGLE[1]}\nnat_gateway_zone = "use1-az4"'))
    assert refusal(toml) == [
        'network.nat_gateway_zone = "use1-az4": is not a zone of this network; use one of use1-az1, use1-az2'
    ]


def test_a_zone_for_the_nat_gateway_without_effect_is_refused() -> None:
    toml = changed((SINGLE[0], f'{SINGLE[0]}\nnat_gateway_zone = "use1-az1"'))
    assert refusal(toml) == [
        'network.nat_gateway_zone = "use1-az1": has no effect unless nat_gateways = "single"; remove it'
    ]
