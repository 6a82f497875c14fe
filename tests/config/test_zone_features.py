import pytest

from config.aws import REGIONS
from config.zone_features import FEATURES
from config.zones import ZONE_PREFIXES
from tests.config.examples import changed, parsed, refusal, without

REGION = 'region = "us-east-1"'
SECOND = 'id = "use1-az2"'
ARM = "\n\n[services.frontend]"
PRIVATE = 'private_cidr = "10.0.20.0/24"\n'


def keys(lines: list[str]) -> list[str]:
    return [line.partition(": ")[0] for line in lines]


def needs(lines: list[str]) -> list[str]:
    return [line.partition(": has no ")[2].partition(" (https://")[0] for line in lines]


def moved(region: str, *zones: str) -> str:
    """Production in another region, without a second one."""
    places = (
        (REGION, f'region = "{region}"'),
        ('id = "use1-az1"', f'id = "{zones[0]}"'),
        (SECOND, f'id = "{zones[1]}"'),
    )
    return without("recovery", toml=changed(*places))


def test_a_zone_without_what_the_environment_uses_is_refused_with_what_is_allowed() -> None:
    lines = refusal(changed((SECOND, 'id = "use1-az3"')))
    assert keys(lines) == ['network.zones[1].id = "use1-az3"'] * 3
    assert needs(lines) == ["RDS Proxy", "Fargate for ARM64", "VPC origins of CloudFront"]
    assert lines[0].endswith(", needed by [postgres.proxy]; use another zone, or remove [postgres.proxy]")
    assert lines[1].endswith(
        "needed by [services.frontend] and [services.backend]; use another zone, remove its private_cidr, or use "
        'architecture = "X86_64" in [services.frontend] and [services.backend]'
    )
    assert lines[2].endswith(
        'needed by [edge]; use another zone, remove its private_cidr, set origin = "public" in [edge], or remove [edge]'
    )


def test_what_the_environment_does_not_have_is_not_missed() -> None:
    """Without tasks in the zone only the proxy is in it, and without a proxy nothing."""
    third = 'id = "use1-az2"\npublic_cidr = "10.0.2.0/24"'
    added = (
        f'id = "use1-az3"\npublic_cidr = "10.0.3.0/24"\ndatabase_cidr = "10.0.201.0/24"\n\n[[network.zones]]\n{third}'
    )
    lines = refusal(changed((third, added)))
    assert needs(lines) == ["RDS Proxy"]
    toml = changed((third, added))
    start = toml.index("[postgres.proxy]")
    assert parsed(toml[:start] + toml[toml.index("[documentdb]") :]).network.zones[1].id == "use1-az3"


def test_tasks_for_x86_may_be_in_a_zone_without_arm() -> None:
    toml = changed((SECOND, 'id = "use1-az3"'))
    for service in ("frontend", "backend"):
        toml = toml.replace(f"[services.{service}]", f'[services.{service}]\narchitecture = "X86_64"', 1)
    assert "Fargate for ARM64" not in needs(refusal(toml))


@pytest.mark.parametrize(
    ("region", "zones", "missing"),
    [
        ("us-west-1", ("usw1-az1", "usw1-az2"), ["RDS Proxy", "Fargate", "VPC origins of CloudFront", "DocumentDB"]),
        ("ap-northeast-1", ("apne1-az1", "apne1-az3"), ["Fargate", "VPC origins of CloudFront"]),
        ("ca-central-1", ("cac1-az1", "cac1-az3"), ["VPC origins of CloudFront"]),
    ],
)
def test_other_regions(region: str, zones: tuple[str, str], missing: list[str]) -> None:
    assert needs(refusal(moved(region, *zones))) == missing


@pytest.mark.parametrize(
    ("region", "zones"),
    [
        ("ap-northeast-1", ("apne1-az4", "apne1-az1")),
        ("ca-central-1", ("cac1-az1", "cac1-az4")),
        ("sa-east-1", ("sae1-az1", "sae1-az3")),
    ],
)
def test_regions_with_unusual_letters_are_accepted(region: str, zones: tuple[str, str]) -> None:
    assert [zone.id for zone in parsed(moved(region, *zones)).network.zones] == list(zones)


def test_a_region_without_documentdb_is_refused_only_for_an_environment_with_it() -> None:
    (line,) = refusal(moved("us-west-1", "usw1-az1", "usw1-az3"))
    assert line.startswith('region = "us-west-1": has no DocumentDB (https://')
    assert line.endswith("needed by [documentdb]; use another region, or remove [documentdb]")


def test_the_earlier_name_of_a_zone_is_in_the_region_too() -> None:
    (line,) = refusal(changed((SECOND, f'{SECOND}\nformerly = "us-west-2b"')))
    assert line.startswith('network.zones[1].formerly = "us-west-2b": is not in the region "us-east-1"; ')
    assert parsed(changed((SECOND, f'{SECOND}\nformerly = "us-east-1b"'))).network.zones[1].formerly == "us-east-1b"


def test_the_table_has_known_places_and_sources() -> None:
    prefixes = tuple(f"{prefix}-az" for prefix in ZONE_PREFIXES.values())
    for feature in FEATURES:
        assert all(zone.startswith(prefixes) for zone in feature.without_zones)
        assert feature.without_regions <= set(REGIONS)
        assert feature.source.startswith("https://docs.aws.amazon.com/")
