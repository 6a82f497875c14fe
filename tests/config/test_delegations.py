import pytest

from tests.config.examples import changed, parsed, present, refusal

START = "[domain.delegations] # staging and dev have zones below this one\n"
ROUTE_53 = ("ns-1.awsdns-00.com", "ns-513.awsdns-00.net", "ns-1025.awsdns-00.org", "ns-1537.awsdns-00.co.uk")


def delegating(zone: str, *name_servers: str) -> str:
    written = ", ".join(f'"{name}"' for name in name_servers)
    return changed((START, f'{START}"{zone}" = [{written}]\n'))


def test_name_servers_are_stored_as_route_53_writes_them() -> None:
    toml = delegating("qa.users.example.com", *(f"{name.upper()}." for name in ROUTE_53))
    assert present(parsed(toml).domain).delegations["qa.users.example.com"] == ROUTE_53


def test_another_dns_service_may_have_two_name_servers() -> None:
    toml = delegating("qa.users.example.com", "ns1.example.net", "ns2.example.net")
    assert len(present(parsed(toml).domain).delegations["qa.users.example.com"]) == 2


@pytest.mark.parametrize(
    ("name_servers", "message"),
    [
        (ROUTE_53[:3], "has 3; a Route 53 zone has 4 name servers, so add all of that zone"),
        ((*ROUTE_53, "ns-9.awsdns-01.com"), "has 5; a Route 53 zone has 4 name servers, so add all of that zone"),
        (("ns1.example.net",), "has 1; a zone has 2 or more name servers, so add all of that zone"),
        ((), "has 0; a zone has 2 or more name servers, so add all of that zone"),
        ((*ROUTE_53[:3], "NS-1.awsdns-00.com."), 'has "ns-1.awsdns-00.com" twice; each name server must be there once'),
    ],
)
def test_all_name_servers_of_the_zone_are_needed(name_servers: tuple[str, ...], message: str) -> None:
    (line,) = refusal(delegating("qa.users.example.com", *name_servers))
    assert line.startswith('domain.delegations."qa.users.example.com" = [')
    assert line.endswith(f": {message}")


@pytest.mark.parametrize(
    "name", ["192.0.2.1", "ns_1.example.net", "", "ns-1", "ns-1..awsdns-00.com", "a.example.net.."]
)
def test_a_name_server_is_a_host_name(name: str) -> None:
    (line,) = refusal(delegating("qa.users.example.com", name, "ns2.example.net"))
    assert line == (
        f'domain.delegations."qa.users.example.com"[0] = "{name}": is not a valid name of a name server; '
        'use a host name, like "ns-2048.awsdns-64.com"'
    )


@pytest.mark.parametrize("zone", ["QA.users.example.com", "qa.users.example.com.", "qa", "*.users.example.com"])
def test_a_zone_is_a_name_in_lowercase_letters(zone: str) -> None:
    lines = refusal(delegating(zone, *ROUTE_53))
    assert "is not a valid name of a zone; use lowercase letters and at least one dot" in lines[0]


def test_a_zone_without_quotes_is_a_table_for_toml() -> None:
    lines = refusal(changed((START, f"{START}qa.users.example.com = []\n")))
    assert any("in quotes because of its dots" in line for line in lines)


@pytest.mark.parametrize(
    ("zone", "message"),
    [
        (
            "users.example.com",
            (
                "is this zone itself, whose NS record Route 53 makes; remove it, and enter the name servers of "
                "this zone "
                "at its parent domain"
            ),
        ),
        (
            "qa.example.com",
            'is not below zone_name = "users.example.com"; use a zone whose name ends in ".users.example.com"',
        ),
        (
            "busers.example.com",
            'is not below zone_name = "users.example.com"; use a zone whose name ends in ".users.example.com"',
        ),
        (
            "qa.dev.users.example.com",
            (
                'is below "dev.users.example.com", which is delegated too, so resolvers ask the name servers of '
                "that zone; "
                "remove it here, and make the NS record there"
            ),
        ),
    ],
)
def test_a_delegated_zone_is_below_this_zone_and_no_other(zone: str, message: str) -> None:
    lines = refusal(delegating(zone, *ROUTE_53))
    assert any(line.endswith(f": {message}") for line in lines), lines


def test_a_name_server_in_the_zone_that_it_serves_is_refused() -> None:
    (line,) = refusal(delegating("qa.users.example.com", "ns1.qa.users.example.com", "ns2.example.net"))
    assert line == (
        'domain.delegations."qa.users.example.com" = "ns1.qa.users.example.com": is in the zone that it serves, so no '
        "resolver finds its address; use a name server outside of the zone"
    )


def test_names_on_the_certificate_are_not_delegated() -> None:
    names = 'alternative_names = ["www.dev.users.example.com", "devusers.users.example.com"]'
    assert refusal(changed(("create_zone = true", f"{names}\ncreate_zone = true"))) == [
        (
            'domain.alternative_names[0] = "www.dev.users.example.com": is in "dev.users.example.com", which '
            "[domain.delegations] leaves to other name servers, so its certificate would not be issued; use "
            "another name, "
            "or remove the delegation"
        )
    ]
