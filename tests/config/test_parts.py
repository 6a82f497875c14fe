"""Every check in config/parts.py, by its message."""

import re

import pytest

from config.load import parse_environment
from tests.config.examples import FILE, PROJECT, changed, parsed, refusal, text, without

PATHS = ('path_patterns = ["/*"]', 'path_patterns = ["/api/*"]')


def settings_named(lines: list[str]) -> list[str]:
    return [line.partition(":")[0].partition(" = ")[0] for line in lines]


def test_paths_without_a_load_balancer_are_refused_for_each_service() -> None:
    lines = refusal(without("load_balancer", "edge", "firewall", "deployment"))
    assert lines == [
        (
            f'services.{name}.path_patterns = ["{path}"]: there is no [load_balancer] that sends requests; '
            "add the table, or remove path_patterns and priority here"
        )
        for name, path in (("frontend", "/*"), ("backend", "/api/*"))
    ]


def test_a_load_balancer_without_a_domain_is_refused() -> None:
    assert refusal(without("domain", "edge")) == [
        (
            "load_balancer: HTTPS needs a certificate, but there is no [domain] for it; add the table, or remove "
            "[load_balancer]"
        )
    ]


@pytest.mark.parametrize(
    ("left_out", "named"),
    [
        (("load_balancer",), "[load_balancer]"),
        (("domain",), "[domain]"),
        (("load_balancer", "domain"), "[load_balancer] and [domain]"),
    ],
)
def test_an_edge_without_its_origin_is_refused(left_out: tuple[str, ...], named: str) -> None:
    line = f"edge: CloudFront needs a load balancer to send requests to, and a domain; add {named}, or remove [edge]"
    assert line in refusal(without(*left_out))


def test_without_a_vpc_origin_one_private_subnet_is_enough() -> None:
    toml = changed(('private_cidr = "10.0.20.0/24"\n', ""), ("[edge]", '[edge]\norigin = "public"'))
    assert parsed(toml).has_public_load_balancer


def test_a_health_check_without_a_site_is_refused() -> None:
    toml = without("load_balancer", "edge").replace("[registry]", "[domain.health_check]\n\n[registry]", 1)
    assert (
        "domain.health_check: checks a site, but there is no [load_balancer] that answers; add the table, or remove "
        "[domain.health_check]"
    ) in refusal(toml)


@pytest.mark.parametrize("database", ["postgres", "documentdb"])
def test_a_database_that_is_left_out_is_refused_where_it_is_used(database: str) -> None:
    lines = refusal(without(database, "recovery"))
    variable = {"postgres": "DATABASE_URL", "documentdb": "DOCUMENTDB_URL"}[database]
    absent = f"there is no [{database}]; add the table, or remove it here"
    assert lines == [
        f'services.backend.{database}_role = "backend": {absent}',
        f'services.backend.secrets.{variable} = "{database}/url": {absent}',
    ]


def test_secrets_that_are_left_out_are_refused_where_they_are_used() -> None:
    lines = refusal(without("secrets", "recovery"))
    assert settings_named(lines) == [
        "services.backend.secrets.EMAIL_API_KEY",
        "services.backend.parameters.JWT_CURRENT_PARAMETER",
        "services.backend.parameters.JWT_PREVIOUS_PARAMETER",
    ]
    assert all(line.endswith(": there is no [secrets]; add the table, or remove it here") for line in lines)


def test_a_service_cannot_write_to_a_bucket_that_is_left_out() -> None:
    (line,) = refusal(without("backups"))
    assert line == (
        "services.backend.writes_backups = true: there is no [backups] with a bucket to write to; add the table, or "
        "remove the line"
    )
    assert parsed(without("backups", toml=changed(("writes_backups = true", "# ")))).backups is None


def test_an_api_key_that_is_not_listed_is_refused_with_where_to_list_it() -> None:
    assert refusal(changed(('"api-keys/email"', '"api-keys/maps"'))) == [
        (
            'services.backend.secrets.EMAIL_API_KEY = "api-keys/maps": there is no such API key; '
            'add "maps" to secrets.api_keys, or remove it here'
        )
    ]


@pytest.mark.parametrize(
    ("countries", "refused"),
    [('allow = ["DE", "FR"]', "AU, BR, IE, JP, SG, US"), ('deny = ["KP", "BR"]', "BR")],
)
def test_a_health_check_from_countries_that_are_refused_would_always_fail(countries: str, refused: str) -> None:
    check = "[domain.health_check]\n"
    toml = changed(("[edge]", f"{check}\n[edge.geo_restriction]\n{countries}\n\n[edge]"))
    assert refusal(toml) == [
        (
            "domain.health_check: asks from AU, BR, IE, JP, SG, US, and [edge.geo_restriction] refuses "
            f"{refused}; allow these countries, or remove [domain.health_check]"
        )
    ]
    assert parsed(toml.replace(check, "")).edge
    assert parsed(toml.replace(countries, 'deny = ["KP"]')).domain


def test_without_any_parameter_none_is_suggested() -> None:
    toml = without("postgres", "documentdb", "secrets", "services.backend", "recovery")
    assert refusal(f'{toml}\n[services.frontend.secrets]\nKEY = "stripe/key"\n') == [
        'services.frontend.secrets.KEY = "stripe/key": this environment has no parameters; remove it here'
    ]


def test_blue_green_without_requests_is_refused() -> None:
    toml = without("edge", "load_balancer", "firewall", "domain", "observability.objectives")
    for path, priority in zip(PATHS, (1000, 100), strict=True):
        toml = toml.replace(path, "").replace(f"priority = {priority}", "")
    toml = toml.replace("requests_per_target", "# requests_per_target")
    assert refusal(toml) == [
        (
            'deployment.strategy = "blue_green": needs a service with path_patterns, whose requests it shifts; '
            "remove the line, or add path_patterns to a service"
        )
    ]
    assert parsed(without("deployment", toml=toml)).deployment.strategy == "rolling"


def test_blue_green_allows_some_services_without_paths() -> None:
    third = "\n[services.worker]\nmin_count = 0\nmax_count = 1\ncpu_units = 256\nmemory_mib = 512\n"
    assert parsed(text() + third).deployment.strategy == "blue_green"


def test_a_service_for_users_has_a_task_that_aws_does_not_stop() -> None:
    spot = ("requests_per_target = 3000", "requests_per_target = 3000\nspot_percent = 50")
    (line,) = refusal(changed(spot))
    assert line == (
        "services.frontend.on_demand_count = 0: must be 1 or more where protect_data = true and the service takes "
        "requests, because AWS may stop all tasks on Spot at once; raise it, or set spot_percent = 0"
    )
    one = (spot[0], f"{spot[1]}\non_demand_count = 1")
    assert parsed(changed(one)).services["frontend"].on_demand_count == 1


def test_a_worker_and_an_environment_without_protected_data_may_run_on_spot_alone() -> None:
    worker = """
[services.worker]
min_count = 1
max_count = 2
cpu_units = 256
memory_mib = 512
spot_percent = 100
"""
    assert parsed(changed() + worker).services["worker"].spot_percent == 100
    assert (
        parse_environment(text("dev"), name="dev", project=PROJECT, file=FILE).services["backend"].spot_percent == 100
    )


def test_an_unknown_setting_is_refused_with_those_that_the_table_has() -> None:
    (line,) = refusal(changed(("[edge]", "[edge]\ncolor = 1\n#")))
    assert line.startswith("edge.color = 1: unknown setting; allowed: ")
    assert "origin" in line


def test_a_load_balancer_that_closes_connections_before_cloudfront_is_refused() -> None:
    short = ("[load_balancer]", "[load_balancer]\nidle_timeout_seconds = 9\n#")
    assert refusal(changed(short)) == [
        (
            "load_balancer.idle_timeout_seconds = 9: must be 10 or more with [edge]: CloudFront keeps connections "
            "open, and answers 502 if the load balancer closes them first"
        )
    ]
    assert parsed(without("edge", toml=changed(short))).load_balancer is not None


@pytest.mark.parametrize("table", ["recovery", "security", "security.trail", "edge", "firewall", "deployment"])
def test_a_table_that_no_other_needs_can_be_left_out(table: str) -> None:
    toml = without(table)
    if table == "security.trail":
        toml = toml.replace("cis_alarms = true", "cis_alarms = false")
    assert parsed(toml).name == "prod"


def test_an_invalid_table_is_not_also_reported_as_missing() -> None:
    wrong = ("replicas = 0", 'replicas = "none"'), ("[load_balancer]", '[load_balancer]\ntls_policy = "old"\n#')
    assert settings_named(refusal(changed(*wrong))) == ["postgres.replicas", "load_balancer.tls_policy"]


@pytest.mark.parametrize(
    "table",
    ["postgres", "documentdb", "secrets", "domain", "load_balancer", "notifications"],
)
def test_a_mistyped_table_is_not_also_reported_as_missing(table: str) -> None:
    mistyped = f"{table}{table[-1]}"
    (line,) = refusal(re.sub(rf"^\[{table}(?=[\].])", f"[{mistyped}", text(), flags=re.MULTILINE))
    assert line.startswith(f"{mistyped} = ")
    assert f"did you mean {table}?" in line
