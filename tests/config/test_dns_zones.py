"""The zones of several environments fit together: resolvers find each of them, and each of their names."""

from pathlib import Path

import pytest

from config.errors import ConfigError
from config.load import environment_names, load_environments
from tests.config.examples import PROJECT, sharing, without_places

ACCOUNTS = {"prod": "3" * 12, "dev": "1" * 12, "qa": "4" * 12}
SERVERS = '["ns-1.awsdns-00.com", "ns-513.awsdns-00.net", "ns-1025.awsdns-00.org", "ns-1537.awsdns-00.co.uk"]'
EXISTING = 'create_zone = false\nzone_id = "Z0123456789ABCDEFGHIJ"'
CREATED = "create_zone = true\ndelegated = true"
NOT_YET = "create_zone = true\ndelegated = false"


def domain(
    zone: str, source: str = CREATED, *, name: str = "", more: str = "", delegations: tuple[str, ...] = ()
) -> str:
    lines = [f'name = "{name or zone}"', f'zone_name = "{zone}"', source, more]
    if delegations:
        lines += ["[domain.delegations]", *(f'"{delegated}" = {SERVERS}' for delegated in delegations)]
    return "\n".join(lines)


def problems(folder: Path, *, account: str = "", **domains: str) -> list[str]:
    """The messages about environments with these domains; each in an account of its own, unless one is given."""
    (folder / "project.toml").write_text(f'name = "{PROJECT}"\n', encoding="utf-8")
    for name, written in domains.items():
        before, _, rest = sharing("cost", "recovery").partition("[domain]\n")
        after = rest[rest.index("[edge]") :]
        content = f"{before}[domain]\n{written}\n{after}".replace("3" * 12, account or ACCOUNTS[name])
        content = content.replace("keep_builds", f'repository_prefix = "{name}"\nkeep_builds')
        (folder / f"{name}.toml").write_text(content, encoding="utf-8")
    _, wrong = load_environments(environment_names(folder), folder=folder)
    return [line.removeprefix(f"{folder}/") for error in wrong for line in without_places(str(error)).splitlines()]


def test_a_zone_below_another_needs_a_delegation_or_a_place_beside_it(tmp_path: Path) -> None:
    assert problems(tmp_path, dev=domain("dev.users.example.com"), prod=domain("users.example.com")) == [
        (
            'dev.toml: domain.zone_name = "dev.users.example.com": is below "users.example.com", the zone of '
            '"prod", which '
            "has no NS record for it, so resolvers do not find it; add its name servers to [domain.delegations] in "
            'prod.toml, or use a zone beside it, like "users-dev.example.com"'
        ),
        (
            'prod.toml: domain.delegations: has no "dev.users.example.com", the zone of "dev" below this one, so '
            "resolvers "
            "do not find it; add it with its name servers (the output name_servers of dev-domain), or in "
            "dev.toml use a "
            'zone beside it, like "users-dev.example.com"'
        ),
    ]


@pytest.mark.parametrize("source", [CREATED, EXISTING])
def test_a_zone_with_a_delegation_above_it_is_accepted(source: str, tmp_path: Path) -> None:
    prod = domain("users.example.com", delegations=("dev.users.example.com",))
    assert problems(tmp_path, dev=domain("dev.users.example.com", source), prod=prod) == []


def test_in_one_account_a_delegation_is_needed_too(tmp_path: Path) -> None:
    found = problems(tmp_path, account="5" * 12, dev=domain("dev.users.example.com"), prod=domain("users.example.com"))
    assert len(found) == 2


def test_an_existing_zone_below_a_created_one_needs_a_delegation(tmp_path: Path) -> None:
    found = problems(tmp_path, dev=domain("dev.users.example.com", EXISTING), prod=domain("users.example.com"))
    assert [line.partition(":")[0] for line in found] == ["dev.toml", "prod.toml"]


def test_of_an_existing_zone_above_it_is_not_known_what_is_in_it(tmp_path: Path) -> None:
    assert problems(tmp_path, dev=domain("dev.example.com"), prod=domain("example.com", EXISTING)) == []


def test_a_zone_that_is_not_delegated_yet_needs_no_delegation(tmp_path: Path) -> None:
    prod = domain("users.example.com")
    assert problems(tmp_path, dev=domain("dev.users.example.com", NOT_YET), prod=prod) == []


def test_a_zone_above_that_is_not_delegated_yet_already_needs_the_delegation(tmp_path: Path) -> None:
    """As soon as its parent domain has its name servers, the zone below would not be found any more."""
    prod = domain("users.example.com", NOT_YET)
    assert len(problems(tmp_path, dev=domain("dev.users.example.com"), prod=prod)) == 2


def test_zones_side_by_side_are_accepted(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        dev=domain("users-dev.example.com"),
        prod=domain("users.example.com"),
        qa=domain("busers.example.com"),
    )
    assert found == []


def test_below_a_registered_domain_there_is_no_place_beside_it(tmp_path: Path) -> None:
    found = problems(tmp_path, dev=domain("dev.example.com"), prod=domain("example.com"))
    assert found[0].endswith("in prod.toml, or use a zone that is not below it")


def test_a_zone_two_levels_below_needs_a_delegation_too(tmp_path: Path) -> None:
    dev, prod = domain("a.dev.users.example.com"), domain("users.example.com")
    assert len(problems(tmp_path, dev=dev, prod=prod)) == 2
    delegated = domain("users.example.com", delegations=("a.dev.users.example.com",))
    assert problems(tmp_path, dev=dev, prod=delegated) == []


def test_the_nearest_zone_above_has_the_delegation(tmp_path: Path) -> None:
    qa = domain("qa.dev.users.example.com")
    dev = domain("dev.users.example.com", delegations=("qa.dev.users.example.com",))
    prod = domain("users.example.com", delegations=("dev.users.example.com",))
    assert problems(tmp_path, dev=dev, prod=prod, qa=qa) == []


def test_a_delegation_past_a_zone_between_is_not_found(tmp_path: Path) -> None:
    qa = domain("qa.dev.users.example.com")
    dev = domain("dev.users.example.com")
    prod = domain("users.example.com", delegations=("dev.users.example.com", "qa.dev.users.example.com"))
    lines = problems(tmp_path, dev=dev, prod=prod, qa=qa)
    assert [line.partition(":")[0] for line in lines] == ["dev.toml", "prod.toml", "qa.toml"]
    assert 'is below "dev.users.example.com", which is delegated too' in lines[1]


def test_a_delegation_that_belongs_to_another_environments_zone_is_refused(tmp_path: Path) -> None:
    dev = domain("dev.users.example.com", NOT_YET)
    prod = domain("users.example.com", delegations=("teams.dev.users.example.com",))
    (line,) = problems(tmp_path, dev=dev, prod=prod)
    assert line.startswith('prod.toml: domain.delegations."teams.dev.users.example.com" = [')
    assert line.endswith("is not found; move the line to [domain.delegations] in dev.toml")


def test_a_zone_of_another_team_may_be_delegated(tmp_path: Path) -> None:
    assert problems(tmp_path, prod=domain("users.example.com", delegations=("shop.users.example.com",))) == []


def test_two_environments_cannot_create_the_same_zone(tmp_path: Path) -> None:
    dev = domain("users.example.com", name="dev.users.example.com")
    found = problems(tmp_path, account="5" * 12, dev=dev, prod=domain("users.example.com"))
    assert found == [
        f'{name}.toml: domain.zone_name = "users.example.com": is also the zone of "{other}", which would be another '
        "zone of the same name, and resolvers find only one of both; use another zone_name, "
        "or delegated = false in one of the two files"
        for name, other in (("dev", "prod"), ("prod", "dev"))
    ]


def test_a_second_zone_of_the_same_name_may_wait_for_its_delegation(tmp_path: Path) -> None:
    """So a zone moves to another account."""
    dev = domain("users.example.com", NOT_YET)
    assert problems(tmp_path, dev=dev, prod=domain("users.example.com")) == []


@pytest.mark.parametrize(("account", "count"), [("5" * 12, 0), ("", 2)])
def test_an_environment_may_use_the_zone_of_another_in_the_same_account(
    account: str, count: int, tmp_path: Path
) -> None:
    dev = domain("users.example.com", EXISTING, name="dev.users.example.com")
    assert len(problems(tmp_path, account=account, dev=dev, prod=domain("users.example.com"))) == count


def test_two_environments_cannot_have_the_same_name(tmp_path: Path) -> None:
    dev = domain(
        "example.com", EXISTING, name="users-dev.example.com", more='alternative_names = ["users.example.com"]'
    )
    prod = domain("example.com", EXISTING, name="users.example.com")
    assert problems(tmp_path, account="5" * 12, dev=dev, prod=prod) == [
        (
            'dev.toml: domain.alternative_names[0] = "users.example.com": is also a name of "prod", and only one '
            "of both "
            "can answer; use another name in one of the two files"
        ),
        (
            'prod.toml: domain.name = "users.example.com": is also a name of "dev", and only one of both can answer; '
            "use another name in one of the two files"
        ),
    ]


def test_a_name_in_the_zone_of_another_environment_is_refused(tmp_path: Path) -> None:
    dev = domain("dev.users.example.com", NOT_YET)
    prod = domain("users.example.com", more='alternative_names = ["www.dev.users.example.com"]')
    assert problems(tmp_path, dev=dev, prod=prod) == [
        (
            'prod.toml: domain.alternative_names[0] = "www.dev.users.example.com": is in '
            '"dev.users.example.com", the zone '
            'of "dev", so records in "users.example.com" are not found, and its certificate would not be issued; use '
            "another name, or put it on the certificate of dev"
        )
    ]


def test_an_invalid_file_of_another_environment_is_reported_alone(tmp_path: Path) -> None:
    dev = domain("dev.users.example.com", "create_zone = true")
    (line,) = problems(tmp_path, dev=dev, prod=domain("users.example.com"))
    assert line.startswith("dev.toml: domain.delegated: is missing")


def test_one_environment_is_refused_as_well_as_all(tmp_path: Path) -> None:
    problems(tmp_path, dev=domain("dev.users.example.com"), prod=domain("users.example.com"))
    for name in ("dev", "prod"):
        _, (error,) = load_environments([name], folder=tmp_path)
        assert isinstance(error, ConfigError)


SHARED = domain("users.example.com", EXISTING, name="dev.users.example.com", more="query_logging = true")


@pytest.mark.parametrize("source", [CREATED, EXISTING])
def test_a_zone_that_two_environments_share_has_one_query_log(source: str, tmp_path: Path) -> None:
    prod = domain("users.example.com", source, more="query_logging = true")
    said = (
        'domain.query_logging = true: is on in "{}", too, which has its names in the same zone, and Route 53 allows '
        "one log for each zone; set it to false in one of them"
    )
    found = problems(tmp_path, account="5" * 12, dev=SHARED, prod=prod)
    assert found == [f"dev.toml: {said.format('prod')}", f"prod.toml: {said.format('dev')}"]


@pytest.mark.parametrize(
    ("account", "prod"),
    [
        ("5" * 12, domain("users.example.com")),
        ("5" * 12, domain("users.example.com", EXISTING.replace("Z0", "Z1"), more="query_logging = true")),
        ("", domain("users.example.com", EXISTING, more="query_logging = true")),
    ],
)
def test_another_zone_has_another_query_log(account: str, prod: str, tmp_path: Path) -> None:
    assert not [one for one in problems(tmp_path, account=account, dev=SHARED, prod=prod) if "query_logging" in one]


def test_a_record_of_a_zone_that_two_environments_share_has_one_owner(tmp_path: Path) -> None:
    below = ("eu.users.example.com",)
    dev = domain("users.example.com", EXISTING, name="dev.users.example.com", delegations=below)
    found = problems(tmp_path, account="5" * 12, dev=dev, prod=domain("users.example.com", delegations=below))
    assert [line.partition(": is in the file of ")[0] for line in found] == [
        'dev.toml: domain.delegations."eu.users.example.com"',
        'prod.toml: domain.delegations."eu.users.example.com"',
    ]
