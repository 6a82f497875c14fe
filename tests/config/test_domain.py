import pytest

from tests.config.examples import changed, parsed, present, refusal

CREATE = "create_zone = true"
ZONE = 'zone_name = "users.example.com"'


def test_a_zone_that_exists_is_named_by_its_id() -> None:
    domain = present(parsed(changed((CREATE, 'create_zone = false\nzone_id = "Z0123456789ABCDEFGHIJ"\n#'))).domain)
    assert (domain.create_zone, domain.zone_id) == (False, "Z0123456789ABCDEFGHIJ")


def test_to_make_a_zone_and_to_name_one_is_refused() -> None:
    assert refusal(changed((CREATE, f'zone_id = "Z0123456789ABCDEFGHIJ"\n{CREATE}'))) == [
        (
            'domain.zone_id = "Z0123456789ABCDEFGHIJ": is an existing zone, but create_zone = true creates a new '
            "one; remove one of the two lines"
        )
    ]


def test_neither_to_make_a_zone_nor_to_name_one_is_refused() -> None:
    assert refusal(changed((CREATE, "create_zone = false"))) == [
        "domain.zone_id: is missing; add the id of the existing hosted zone, or set create_zone = true to create one"
    ]


def test_a_domain_outside_the_zone_is_refused() -> None:
    assert refusal(changed((ZONE, 'zone_name = "example.org"'))) == [
        (
            'domain.name = "users.example.com": is not in zone_name = "example.org"; '
            'choose a name that ends in ".example.org", or set zone_name to the zone of this name'
        )
    ]


def test_a_zone_is_no_other_that_ends_alike() -> None:
    (line,) = refusal(changed((ZONE, 'zone_name = "sers.example.com"')))
    assert line.startswith('domain.name = "users.example.com": is not in zone_name')


def test_the_domain_may_be_below_its_zone() -> None:
    assert present(parsed(changed((ZONE, 'zone_name = "example.com"'))).domain).zone_name == "example.com"


@pytest.mark.parametrize("zone_id", ["/hostedzone/Z012", "z012", "Z"])
def test_what_is_no_zone_id_is_refused(zone_id: str) -> None:
    (line,) = refusal(changed((CREATE, f'create_zone = false\nzone_id = "{zone_id}"\n#')))
    assert "is not a valid hosted zone id; use one like" in line


def test_further_names_are_in_the_zone_and_different() -> None:
    names = 'alternative_names = ["www.users.example.com", "users.example.org", "users.example.com"]'
    assert refusal(changed((ZONE, f"{ZONE}\n{names}"))) == [
        (
            'domain.alternative_names[1] = "users.example.org": is not in the zone "users.example.com", '
            "which validates it; use a name that ends in it"
        ),
        'domain.alternative_names[2] = "users.example.com": is already on the certificate; remove it',
    ]
