"""A region that has stacks already cannot become the region of the copies: their states would move."""

from __future__ import annotations

from tests.config.examples import changed, parsed, refusal, without

SECOND = 'region = "us-west-2"'


def in_ireland(toml: str) -> str:
    """The same environment in eu-west-1, with its copies in us-east-1 and without CloudFront."""
    for old, new in (
        ('region = "us-east-1"', 'region = "eu-west-1"'),
        (SECOND, 'region = "us-east-1"\ncopies_leave_jurisdiction = true'),
    ):
        assert old in toml
        toml = toml.replace(old, new, 1)
    return toml.replace("use1-az", "euw1-az")


def test_the_region_of_a_signed_zone_is_refused() -> None:
    toml = in_ireland(without("edge", "firewall", "observability.canaries", "delivery"))
    lines = [line for line in refusal(toml) if line.startswith("recovery.region")]
    assert len(lines) == 1
    assert "must not be us-east-1 with dnssec, query_logging or [domain.health_check]" in lines[0]
    assert lines[0].endswith("; use eu-central-1 or eu-north-1 or eu-south-1 or eu-south-2 or eu-west-3")


def test_another_region_is_not() -> None:
    assert parsed(changed()).recovery_region == "us-west-2"
