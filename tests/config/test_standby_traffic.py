"""Names that lead to two regions: CloudFront must reach both load balancers, and Route 53 must see which can answer."""

import pytest

from config.errors import ConfigError
from tests.config.examples import parsed, present, refusal, standby

MODE = 'mode = "warm"'
ACTIVE = (MODE, 'mode = "active"')
ORIGIN = 'origin = "public"'


def test_what_is_only_prepared_needs_public_load_balancers_too() -> None:
    toml = standby((MODE, 'mode = "backup"'), ("postgres_replica = true", "")).replace(ORIGIN, "")
    (line,) = refusal(toml)
    assert line.startswith('edge.origin = "vpc": must be "public" with [recovery.standby]: a VPC origin leads to')
    assert line.endswith('set origin = "public", or remove [recovery.standby]')


@pytest.mark.parametrize("mode", ["pilot_light", "warm", "active"])
def test_the_other_modes_report_it_once(mode: str) -> None:
    toml = standby((MODE, f'mode = "{mode}"')).replace(ORIGIN, "")
    assert [line.partition(":")[0] for line in refusal(toml)] == ['edge.origin = "vpc"']


def test_the_nearer_region_has_a_name_only_in_that_mode_and_with_cloudfront() -> None:
    active, warm = parsed(standby(ACTIVE)), parsed(standby())
    assert (active.nearest_name, warm.nearest_name) == ("nearest.users.example.com", None)
    assert (active.checked_paths, warm.checked_paths) == (("/health",), ())
    assert active.model_copy(update={"edge": None}).nearest_name is None
    assert (active.standby_region, parsed(standby()).standby_region) == ("us-west-2", "us-west-2")


def test_without_the_tables_no_other_region_can_serve() -> None:
    without_table = parsed(standby())
    recovery = present(without_table.recovery).model_copy(update={"standby": None})
    assert without_table.model_copy(update={"recovery": recovery}).standby_region is None


def test_the_name_of_the_nearer_region_is_not_for_users() -> None:
    name = 'alternative_names = ["nearest.users.example.com"]\nname = "users.example.com"'
    toml = standby(ACTIVE, ('name = "users.example.com"', name))
    assert refusal(toml)[0] == (
        'domain.alternative_names[0] = "nearest.users.example.com": is the name of the nearer load balancer behind '
        'CloudFront; remove it, or set mode = "warm" in [recovery]'
    )
    domain = present(parsed(standby(('name = "users.example.com"', name))).domain)
    assert domain.alternative_names == ("nearest.users.example.com",)


def test_the_name_of_the_nearer_region_is_in_this_zone() -> None:
    servers = ", ".join(f'"ns-{number}.awsdns-12.{end}"' for number, end in enumerate(("com", "net", "org", "co.uk")))
    (line,) = refusal(
        standby(ACTIVE, ("[edge]", f'[domain.delegations]\n"nearest.users.example.com" = [{servers}]\n\n[edge]'))
    )
    assert line == (
        'domain.delegations."nearest.users.example.com": is the name of the nearer load balancer behind CloudFront, '
        'which must be in this zone; use another name for that zone, or set mode = "warm" in [recovery]'
    )


def delegating(zone: str) -> str:
    """The site at app.users.example.com, and a zone that other name servers answer for."""
    servers = '["ns-1.example.net", "ns-2.example.net"]'
    name = ('name = "users.example.com"', 'name = "app.users.example.com"')
    return standby(ACTIVE, name, ("[edge]", f'[domain.delegations]\n"{zone}" = {servers}\n\n[edge]'))


def test_the_name_of_the_nearer_region_is_below_the_name_that_users_type() -> None:
    assert parsed(delegating("nearest.users.example.com")).nearest_name == "nearest.app.users.example.com"
    (line,) = refusal(delegating("nearest.app.users.example.com"))
    assert line.startswith('domain.delegations."nearest.app.users.example.com": is the name of the nearer load')


def test_a_delegated_zone_with_the_site_itself_is_reported_once() -> None:
    (line,) = refusal(delegating("app.users.example.com"))
    assert line.startswith('domain.name = "app.users.example.com": ')


def test_a_zone_below_the_name_of_the_nearer_region_is_accepted() -> None:
    assert parsed(delegating("x.nearest.app.users.example.com")).nearest_name == "nearest.app.users.example.com"


def test_route_53_asks_for_a_path_of_the_service_whose_health_counts() -> None:
    health = 'priority = 1000 # evaluated last: all paths of no other service\nhealth_path = "/api/health"'
    old = "priority = 1000 # evaluated last: all paths of no other service"
    lines = refusal(standby(ACTIVE, (old, health)))
    assert any(
        line.startswith(
            'services.frontend.health_path = "/api/health": would be answered by services.backend, and with'
        )
        and line.endswith("; use a path that path_patterns of this service matches: /*")
        for line in lines
    )


@pytest.mark.parametrize(
    ("setting", "is_refused"),
    [
        ('health_codes = "200,401"', True),
        ('health_codes = "404"', True),
        ('health_codes = "301"', False),
        ('health_codes = "404"\nsmoke_paths = ["/start"]', False),
    ],
)
def test_route_53_takes_only_some_codes_for_good(setting: str, *, is_refused: bool) -> None:
    old = "priority = 1000 # evaluated last: all paths of no other service"
    try:
        parsed(standby(ACTIVE, (old, f"{old}\n{setting}")))
        found = ""
    except ConfigError as error:
        found = str(error)
    assert ("services.frontend.health_codes = " in found) is is_refused
