import pytest

from config.renamed_settings import RENAMED, move_renamed
from tests.config.examples import changed, refusal

SERVICES = ("frontend", "backend")
# The old line in production's file: its table, and a value that is valid for the new setting.
TABLES = {old: (old.rpartition(".")[0], old.rpartition(".")[2]) for old in RENAMED}
VALUES = {"deployment.engine": '"blue_green"', "domain_name": '"users.example.com"'}


def with_old(old: str, *, service: str = "backend") -> tuple[str, str, str]:
    """Production's file with an old setting, the setting's path and the new setting's."""
    table, name = TABLES[old]
    table = table.replace("*", service)
    line = f"{name} = {VALUES.get(old, 180)}"
    place = f"[{table}]\n" if table else "protect_data = true\n"
    text = changed((place.strip(), f"{place}{line}\n"))
    return text, f"{table}.{line}".lstrip("."), RENAMED[old].new.replace("*", service)


@pytest.mark.parametrize("old", RENAMED)
def test_an_old_setting_is_refused_with_the_new_one_and_what_to_write(old: str) -> None:
    toml, setting, new = with_old(old)
    (line,) = refusal(toml)
    table, _, name = new.rpartition(".")
    value = setting.partition(" = ")[2]
    assert line.startswith(f"{setting}: is now named {new}; use {name} = {value} in [{table}]")


def test_an_override_of_the_logs_says_when_it_is_not_needed() -> None:
    toml, setting, _ = with_old("postgres.log_retention_days")
    assert refusal(toml) == [
        (
            f"{setting}: is now named logs.postgres_days; use postgres_days = 180 in [logs], "
            "or leave it out if [logs] retention_days, the default of all logs, is the same"
        )
    ]


def test_every_service_with_an_old_setting_is_named() -> None:
    toml = changed(*((f"[services.{name}]", f"[services.{name}]\nstart_seconds = 30") for name in SERVICES))
    assert [line.partition(":")[0] for line in refusal(toml)] == [
        f"services.{name}.start_seconds = 30" for name in SERVICES
    ]


def test_an_old_setting_alone_is_one_problem_and_not_also_a_missing_one() -> None:
    name = 'name = "users.example.com"'
    assert refusal(changed((f"[domain]\n{name}", "[domain]"), ("protect_data", f"domain_{name}\nprotect_data"))) == [
        f"domain_{name}: is now named domain.name; use {name} in [domain]"
    ]


OLD = 'postgres_role = "backend" # who it signs in as; no two services share a role\ndocumentdb_role = "backend"\n'


def old_databases(databases: str) -> str:
    """Production's file as it was before services had roles."""
    roles = ('[postgres.roles.backend]\naudit = ["insert"]', ""), ("[documentdb.roles.backend]", "")
    return changed((OLD, f"databases = {databases}\n"), *roles)


def test_the_databases_of_a_service_are_refused_with_its_roles() -> None:
    assert refusal(old_databases('["postgres", "documentdb"]')) == [
        (
            'services.backend.databases = ["postgres", "documentdb"]: is replaced by postgres_role and '
            'documentdb_role, the roles that the service signs in as; write postgres_role = "backend" and '
            'documentdb_role = "backend" instead, and the tables [postgres.roles.backend] and '
            "[documentdb.roles.backend] (docs/upgrades.md)"
        )
    ]


def test_one_database_is_one_role_and_the_rest_of_the_file_is_checked_too() -> None:
    lines = refusal(old_databases('["documentdb"]'))
    assert lines == [
        (
            'services.backend.databases = ["documentdb"]: is replaced by postgres_role and documentdb_role, the roles '
            'that the service signs in as; write documentdb_role = "backend" instead, and the table '
            "[documentdb.roles.backend] (docs/upgrades.md)"
        ),
        (
            'services.backend.secrets.DATABASE_URL = "postgres/url": is the url of the service\'s role, and it has '
            "none; add postgres_role, or remove it here"
        ),
    ]


@pytest.mark.parametrize("databases", ["[]", '"postgres"', '["mysql"]'])
def test_a_list_without_a_database_is_only_removed(databases: str) -> None:
    (line,) = refusal(changed(("[services.frontend]", f"[services.frontend]\ndatabases = {databases}")))
    assert line == (
        f"services.frontend.databases = {databases}: is replaced by postgres_role and documentdb_role, the roles that "
        "the service signs in as; remove the line"
    )


def test_a_role_that_the_file_has_already_is_kept() -> None:
    toml = changed((OLD, f'{OLD}databases = ["postgres"]\n'))
    (line,) = refusal(toml.replace('backend"', 'api"').replace("roles.backend]", "roles.api]"))
    assert line.startswith('services.backend.databases = ["postgres"]: is replaced by postgres_role and')


@pytest.mark.parametrize(
    ("value", "write"),
    [
        ("true", ", and write iam = true in the table [postgres.roles.<name>] of each service"),
        ("false", ""),
    ],
)
def test_tokens_at_the_proxy_are_refused_with_the_setting_of_a_role(value: str, write: str) -> None:
    assert refusal(changed(("[postgres.proxy]", f"[postgres.proxy]\nrequire_iam = {value}"))) == [
        f"postgres.proxy.require_iam = {value}: is now a setting of each role; remove the line{write}"
    ]


def test_the_switch_of_the_edge_is_refused_with_the_table_as_the_switch() -> None:
    assert refusal(changed(("[edge]", "[edge]\nenabled = true"))) == [
        (
            "edge.enabled = true: the presence of the table [edge] now has this effect; "
            "remove this line, and keep [edge] even if it is empty"
        )
    ]
    assert refusal(changed(("[edge]", "[edge]\nenabled = false"))) == [
        "edge.enabled = false: the presence of the table [edge] now has this effect; remove [edge]"
    ]


def test_the_switch_of_the_load_test_is_refused_with_its_table() -> None:
    place = "[delivery]\n"
    assert refusal(changed((place, f"{place}load_test = true\n"), delivery=True)) == [
        (
            "delivery.load_test = true: is now a table; remove the line, and add the table [delivery.load_test], which "
            "may be empty"
        )
    ]
    assert refusal(changed((place, f"{place}load_test = false\n"), delivery=True)) == [
        "delivery.load_test = false: is now a table; remove the line: without it there is none"
    ]


def test_a_new_setting_is_missing_only_without_the_old_one() -> None:
    toml = changed(
        ("[logs]\n", ""), ("retention_days = 365\n", ""), ("[cluster]\n", "[cluster]\nlog_retention_days = 30\n")
    )
    lines = refusal(toml)
    assert [line.partition(":")[0] for line in lines] == ["cluster.log_retention_days = 30", "logs.retention_days"]
    assert lines[1].startswith("logs.retention_days: is missing; ")


def test_a_wrong_value_is_refused_under_the_new_name_too() -> None:
    lines = refusal(changed(("[cluster]\n", "[cluster]\nlog_retention_days = 31\n")))
    assert lines[0].startswith("cluster.log_retention_days = 31: is now named logs.services_days; ")
    assert lines[1].startswith("logs.services_days = 31: is not a valid retention of CloudWatch Logs; ")
    assert len(lines) == 2


def test_the_new_name_takes_precedence() -> None:
    moved, problems = move_renamed({"deployment": {"engine": "rolling", "strategy": "blue_green"}})
    assert moved == {"deployment": {"strategy": "blue_green"}}
    assert [problem.key for problem in problems] == ["deployment.engine"]


@pytest.mark.parametrize("table", [{}, {"deployment": 1, "services": [1], "security": {"trail": "x"}, "cluster": ()}])
def test_a_table_of_another_shape_is_not_changed(table: dict[str, object]) -> None:
    assert move_renamed(table) == (table, [])


def test_a_new_place_of_another_shape_is_not_changed() -> None:
    moved, problems = move_renamed({"logs": 7, "cluster": {"log_retention_days": 7}})
    assert moved == {"logs": 7, "cluster": {}}
    assert len(problems) == 1


def test_the_file_itself_is_not_changed() -> None:
    table = {"deployment": {"engine": "rolling"}}
    move_renamed(table)
    assert table == {"deployment": {"engine": "rolling"}}


ZONE = 'id = "use1-az2"'


def test_the_name_of_a_zone_is_refused_with_the_id_as_its_successor_and_how_to_find_it() -> None:
    (line,) = refusal(changed((ZONE, 'name = "us-east-1b"')))
    assert line == (
        'network.zones[1].name = "us-east-1b": is now named id, and is the zone\'s id, because one name means another '
        "zone in each account; write the id (aws ec2 describe-availability-zones --region us-east-1 --zone-names "
        "us-east-1b --query 'AvailabilityZones[].ZoneId' --output text), and where the zone is applied already also "
        'formerly = "us-east-1b" (docs/upgrades.md)'
    )


def test_a_zone_with_a_wrong_name_is_one_problem() -> None:
    (line,) = refusal(changed((ZONE, "name = 2")))
    assert line.endswith('one name means another zone in each account; write one like "use1-az1"')


def test_all_else_in_a_file_with_names_of_zones_is_checked_too() -> None:
    lines = refusal(changed((ZONE, 'name = "us-east-1b"'), ("10.0.200.0/24", "10.0.100.0/24")))
    assert [line.partition(" = ")[0] for line in lines] == ["network.zones[1].name", "network.zones[1].database_cidr"]


def test_a_zone_with_both_keeps_its_id() -> None:
    table = {"region": "us-east-1", "network": {"zones": ({"name": "us-east-1a", "id": "use1-az4"},)}}
    moved, problems = move_renamed(table)
    assert moved["network"]["zones"] == ({"id": "use1-az4"},)
    assert [problem.key for problem in problems] == ["network.zones[0].name"]
    assert "name" in table["network"]["zones"][0]  # type: ignore[index] # the file itself is not changed


@pytest.mark.parametrize("zones", [7, ("us-east-1a",), [{"name": 1}]])
def test_zones_of_another_shape_are_not_changed(zones: object) -> None:
    table: dict[str, object] = {"region": "nowhere", "network": {"zones": zones}}
    assert move_renamed(table) == (table, [])
