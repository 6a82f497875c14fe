import pytest

from tests.config.examples import changed, parsed, present, refusal, text, without

CREATE = "create_zone = true"
DELEGATED = "delegated = true"
ZONE = 'zone_name = "users.example.com"'
_TABLE = text()[text().index("[domain.delegations]") :]
DELEGATIONS = _TABLE[: _TABLE.index("[edge]")]


def test_an_existing_zone_is_set_by_its_id() -> None:
    existing = 'create_zone = false\nzone_id = "Z0123456789ABCDEFGHIJ"\n#'
    domain = present(parsed(changed((CREATE, existing), (DELEGATED, ""))).domain)
    assert (domain.create_zone, domain.zone_id) == (False, "Z0123456789ABCDEFGHIJ")
    assert domain.is_delegated


def test_a_zone_that_is_created_is_delegated_or_not() -> None:
    assert refusal(changed((DELEGATED, ""))) == [
        (
            "domain.delegated: is missing; set it to true if the parent domain has NS records with the name "
            "servers of the "
            "zone, or to false until it has: nothing that needs a certificate is made before"
        )
    ]
    assert not present(parsed(changed((DELEGATED, "delegated = false"))).domain).is_delegated


@pytest.mark.parametrize("value", ["true", "false"])
def test_an_existing_zone_is_delegated(value: str) -> None:
    existing = 'create_zone = false\nzone_id = "Z0123456789ABCDEFGHIJ"\n#'
    assert refusal(changed((CREATE, existing), (DELEGATED, f"delegated = {value}"))) == [
        (
            f"domain.delegated = {value}: is for a zone that is created here, and create_zone = false uses one "
            f"that exists; "
            "remove it"
        )
    ]


def test_create_zone_and_zone_id_together_are_refused() -> None:
    assert refusal(changed((CREATE, f'zone_id = "Z0123456789ABCDEFGHIJ"\n{CREATE}'))) == [
        (
            'domain.zone_id = "Z0123456789ABCDEFGHIJ": is an existing zone, but create_zone = true creates a new '
            "one; remove one of the two lines"
        )
    ]


def test_neither_create_zone_nor_zone_id_is_refused() -> None:
    assert refusal(changed((CREATE, "create_zone = false"), (DELEGATED, ""))) == [
        "domain.zone_id: is missing; add the id of the existing hosted zone, or set create_zone = true to create one"
    ]


def test_a_domain_outside_the_zone_is_refused() -> None:
    assert refusal(changed((ZONE, 'zone_name = "example.org"'), (DELEGATIONS, ""))) == [
        (
            'domain.name = "users.example.com": is not in zone_name = "example.org"; '
            'choose a name that ends in ".example.org", or set zone_name to the zone of this name'
        )
    ]


def test_a_zone_that_only_shares_the_ending_is_refused() -> None:
    (line,) = refusal(changed((ZONE, 'zone_name = "sers.example.com"'), (DELEGATIONS, "")))
    assert line.startswith('domain.name = "users.example.com": is not in zone_name')


def test_the_domain_may_be_below_its_zone() -> None:
    assert present(parsed(changed((ZONE, 'zone_name = "example.com"'))).domain).zone_name == "example.com"


@pytest.mark.parametrize("zone_id", ["/hostedzone/Z012", "z012", "Z"])
def test_an_invalid_zone_id_is_refused(zone_id: str) -> None:
    (line,) = refusal(changed((CREATE, f'create_zone = false\nzone_id = "{zone_id}"\n#'), (DELEGATED, "")))
    assert "is not a valid hosted zone id; use one like" in line


@pytest.mark.parametrize("name", ["*.users.example.com", "*.tenants.users.example.com"])
def test_a_further_name_may_be_all_names_of_a_level(name: str) -> None:
    toml = changed((ZONE, f'{ZONE}\nalternative_names = ["{name}"]'))
    assert present(parsed(toml).domain).alternative_names == (name,)


@pytest.mark.parametrize("name", ["*", "*.", "a.*.users.example.com", "*.*.users.example.com", "*users.example.com"])
def test_an_invalid_wildcard_is_refused(name: str) -> None:
    (line,) = refusal(changed((ZONE, f'{ZONE}\nalternative_names = ["{name}"]')))
    assert line == (
        f'domain.alternative_names[0] = "{name}": is not a valid name of a certificate; use lowercase letters, at '
        'least one dot, and "*." only at its start, like "www.users.example.com" or "*.users.example.com"'
    )


def test_a_wildcard_outside_the_zone_or_in_a_delegated_zone_is_refused() -> None:
    lines = refusal(changed((ZONE, f'{ZONE}\nalternative_names = ["*.example.com", "*.dev.users.example.com"]')))
    assert 'is not in the zone "users.example.com"' in lines[0]
    assert 'is in "dev.users.example.com", which [domain.delegations] leaves to other name servers' in lines[1]


def test_further_names_are_in_the_zone_and_different() -> None:
    names = 'alternative_names = ["www.users.example.com", "users.example.org", "users.example.com"]'
    assert refusal(changed((ZONE, f"{ZONE}\n{names}"))) == [
        (
            'domain.alternative_names[1] = "users.example.org": is not in the zone "users.example.com", '
            "which validates it; use a name that ends in it"
        ),
        'domain.alternative_names[2] = "users.example.com": is already on the certificate; remove it',
    ]


def test_a_further_authority_is_listed_once_and_is_not_amazon() -> None:
    issuers = 'certificate_issuers = ["letsencrypt.org", "amazon.com", "letsencrypt.org"]'
    assert refusal(changed((ZONE, f"{ZONE}\n{issuers}"))) == [
        'domain.certificate_issuers[1] = "amazon.com": may issue certificates already; remove it',
        'domain.certificate_issuers[2] = "letsencrypt.org": may issue certificates already; remove it',
    ]


def test_only_a_zone_that_is_created_here_is_signed() -> None:
    existing = 'create_zone = false\nzone_id = "Z0123456789ABCDEFGHIJ"\n#'
    assert refusal(changed((CREATE, existing), (DELEGATED, "dnssec = true"))) == [
        (
            "domain.dnssec = true: is for a zone that is created here, and create_zone = false uses one that exists; "
            "remove it, and sign the zone where it is created"
        )
    ]
    assert present(parsed(changed((ZONE, f"{ZONE}\ndnssec = true"))).domain).dnssec


def test_a_health_check_has_a_path_and_an_interval_of_route_53() -> None:
    table = "[domain.health_check]\n"
    assert present(present(parsed(changed(("[edge]", f"{table}\n[edge]"))).domain).health_check).path == "/"
    wrong = f'{table}path = "/{"x" * 255}"\ninterval_seconds = 20\n'
    lines = refusal(changed(("[edge]", f"{wrong}\n[edge]")))
    assert any("domain.health_check.interval_seconds = 20" in line for line in lines)
    long = f'{table}path = "/{"x" * 255}"\n'
    (line,) = refusal(changed(("[edge]", f"{long}\n[edge]")))
    assert line.endswith("has 256 characters; it must have 255 or fewer: use a shorter path")


def test_what_route_53_takes_from_one_region_is_a_region_of_the_environment() -> None:
    toml = without("recovery", toml=changed(("[edge]", "# [edge]")))
    moved = toml.replace('region = "us-east-1"', 'region = "eu-west-1"', 1).replace("use1-az", "euw1-az")
    assert parsed(moved).regions == ("eu-west-1", "us-east-1")
    assert parsed(moved.replace("query_logging = true", "query_logging = false")).regions == ("eu-west-1",)


@pytest.mark.parametrize("count", [9, 10])
def test_a_certificate_has_ten_names(count: int) -> None:
    names = ", ".join(f'"a{index}.users.example.com"' for index in range(count))
    toml = changed((ZONE, f"{ZONE}\nalternative_names = [{names}]"))
    if count == 9:
        assert len(present(parsed(toml).domain).alternative_names) == count
    else:
        (line,) = refusal(toml)
        assert line.startswith("domain.alternative_names: has 10 names; a certificate takes 9 besides the domain's own")


def named(length: int) -> str:
    """A name in the zone with so many characters, none of its labels longer than 63."""
    end = ".users.example.com"
    start = ("a" * 50 + ".") * (length // 50)
    return f"{start[: length - len(end) - 1]}a{end}"


@pytest.mark.parametrize("start", ["", "*."])
def test_a_name_that_leaves_no_room_for_its_validation_is_refused(start: str) -> None:
    names = 'delegated = true\nalternative_names = ["{}"]'
    taken, refused = f"{start}{named(219)}", f"{start}{named(220)}"
    assert (len(taken), len(refused)) == (219 + len(start), 220 + len(start))
    parsed(changed(("delegated = true", names.format(taken))))
    (line,) = refusal(changed(("delegated = true", names.format(refused))))
    assert line.endswith(
        "has 220 characters, and ACM validates it by a record whose name is 34 longer; it must have 219 or fewer"
    )
