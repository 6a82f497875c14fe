import pytest

from tests.config.examples import changed, parsed, refusal

SIZE = "cpu_units = 1024\nmemory_mib = 2048"


def test_production_has_the_sizes_of_the_design() -> None:
    services = parsed(changed()).services
    assert {name: service.min_count for name, service in services.items()} == {"frontend": 2, "backend": 2}
    assert sum(service.min_count * service.cpu_units for service in services.values()) == 4 * 1024
    assert sum(service.min_count * service.memory_mib for service in services.values()) == 8 * 1024


def test_a_third_service_is_one_more_table() -> None:
    toml = changed() + "\n[services.worker]\nmin_count = 0\nmax_count = 1\ncpu_units = 256\nmemory_mib = 512\n"
    assert list(parsed(toml).services) == ["frontend", "backend", "worker"]


def test_invalid_memory_is_reported_with_the_nearest() -> None:
    assert refusal(changed((SIZE, "cpu_units = 1024\nmemory_mib = 2500"))) == [
        ("services.frontend.memory_mib = 2500: must be 2048 to 8192 with cpu_units = 1024; the nearest is 2048 or 3072")
    ]


def test_memory_that_another_cpu_size_supports_is_reported_with_that_cpu() -> None:
    assert refusal(changed((SIZE, "cpu_units = 256\nmemory_mib = 4096"))) == [
        (
            "services.frontend.memory_mib = 4096: must be 512 to 2048 with cpu_units = 256; "
            "the nearest is 2048, or keep it with cpu_units = 512 or 1024 or 2048"
        )
    ]


def test_an_invalid_cpu_size_is_reported_with_the_nearest() -> None:
    assert refusal(changed((SIZE, "cpu_units = 1000\nmemory_mib = 2048"))) == [
        (
            "services.frontend.cpu_units = 1000: is not a valid CPU size of Fargate; the nearest is 512 or 1024 "
            "(allowed: 256, 512, 1024, 2048, 4096, 8192, 16384)"
        )
    ]


def test_sixteen_vcpu_are_accepted() -> None:
    service = parsed(changed((SIZE, "cpu_units = 16384\nmemory_mib = 122880"))).services["frontend"]
    assert (service.cpu_units, service.memory_mib) == (16384, 122880)


def test_a_minimum_above_the_maximum_is_refused() -> None:
    assert refusal(changed(("min_count = 2", "min_count = 7"))) == [
        "services.frontend.min_count = 7: must be max_count = 6 or less; lower it, or raise max_count"
    ]


def test_negative_counts_are_refused() -> None:
    toml = changed(("min_count = 2\nmax_count = 6", "min_count = -1\nmax_count = 0"))
    assert refusal(toml) == [
        "services.frontend.min_count = -1: must be 0 or more",
        "services.frontend.max_count = 0: must be 1 or more",
    ]


def test_more_tasks_than_a_service_can_have_are_refused() -> None:
    assert refusal(changed(("max_count = 6", "max_count = 5001"))) == [
        "services.frontend.max_count = 5001: must be 5000 or less"
    ]


@pytest.mark.parametrize("name", ["Frontend", "1st", "front_end", "front--end", "end-", '"front end"'])
def test_a_service_name_that_aws_names_cannot_have_is_refused(name: str) -> None:
    assert refusal(changed(("[services.frontend]", f"[services.{name}]"))) == [
        (
            f"services.{name}: is not a valid service name; "
            "use lowercase letters, digits and single hyphens, and start with a letter"
        )
    ]


def test_a_long_service_name_is_refused() -> None:
    (line,) = refusal(changed(("[services.frontend]", f"[services.{'f' * 21}]")))
    assert line.endswith("has 21 characters; it must have 20 or fewer, because of AWS's limits on names")


API = 'path_patterns = ["/api/*"]'


def worker(*lines: str) -> str:
    """Production with a third service, in one short table."""
    table = ("[services.worker]", "min_count = 1", "max_count = 2", "cpu_units = 256", "memory_mib = 512", *lines)
    return changed() + "\n" + "\n".join(table) + "\n"


def test_a_third_service_behind_the_load_balancer_needs_three_more_lines() -> None:
    lines = ('path_patterns = ["/jobs/*"]', "priority = 200", 'smoke_paths = ["/jobs/health"]')
    service = parsed(worker(*lines)).services["worker"]
    assert service.is_load_balanced
    assert (service.port, service.protocol, service.health_path, service.architecture) == (
        8443,
        "HTTPS",
        "/health",
        "ARM64",
    )


def test_a_service_without_paths_takes_no_requests() -> None:
    assert not parsed(worker()).services["worker"].is_load_balanced


@pytest.mark.parametrize(("port", "bound"), [(0, "1024 or more"), (80, "1024 or more"), (65_536, "65535 or less")])
def test_a_port_out_of_range_is_refused(port: int, bound: str) -> None:
    assert refusal(worker(f"port = {port}")) == [f"services.worker.port = {port}: must be {bound}"]


@pytest.mark.parametrize("count", [1, 7])
def test_a_desired_count_outside_the_bounds_is_refused(count: int) -> None:
    toml = changed(("[services.frontend]\n", f"[services.frontend]\ndesired_count = {count}\n"))
    assert refusal(toml) == [
        (
            f"services.frontend.desired_count = {count}: must be between min_count = 2 and max_count = 6; "
            "auto-scaling would change it at once"
        )
    ]


def test_a_service_starts_with_its_minimum_by_default() -> None:
    assert parsed(worker()).services["worker"].initial_count == 1
    assert parsed(worker("desired_count = 2")).services["worker"].initial_count == 2


def test_a_path_that_two_services_claim_is_refused() -> None:
    assert refusal(worker(API, "priority = 200")) == [
        (
            'services.worker.path_patterns[0] = "/api/*": is already a path of services.backend.path_patterns[0]; a '
            "path must belong to one service"
        )
    ]


def test_two_services_at_the_same_priority_are_refused() -> None:
    assert refusal(worker('path_patterns = ["/jobs/*"]', "priority = 100")) == [
        "services.worker.priority = 100: is already the priority of services.backend; use another number"
    ]


def test_a_path_that_would_never_match_is_refused() -> None:
    assert refusal(worker('path_patterns = ["/api/jobs/*"]', "priority = 200")) == [
        (
            'services.worker.priority = 200: "/api/jobs/*" would never match: "/api/*" of services.backend is '
            "evaluated first with priority 100; use a lower number here"
        )
    ]
    before = ('path_patterns = ["/api/jobs/*"]', "priority = 50", 'health_path = "/api/jobs/health"')
    assert parsed(worker(*before)).services["worker"].priority == 50


def test_a_question_mark_covers_one_character_and_no_wildcard() -> None:
    toml = changed((API, 'path_patterns = ["/a?i"]'), ('health_path = "/api/health"', 'smoke_paths = ["/api"]'))
    later = "\n[services.worker]\nmin_count = 1\nmax_count = 2\ncpu_units = 256\nmemory_mib = 512\npriority = 200\n"
    wider = 'path_patterns = ["/a*i"]\nsmoke_paths = ["/alibi"]\n'
    assert parsed(toml + later + wider).services["worker"].is_load_balanced
    (line,) = refusal(toml + later + 'path_patterns = ["/abi"]\n')
    assert '"/abi" would never match: "/a?i" of services.backend is evaluated first' in line


def test_paths_without_a_priority_are_refused_and_the_other_way_round() -> None:
    assert refusal(worker('path_patterns = ["/jobs/*"]')) == [
        (
            "services.worker.priority: is missing; path_patterns need the priority of their listener rule, "
            "like 100 (lower numbers are evaluated first)"
        )
    ]
    assert refusal(worker("priority = 200")) == [
        "services.worker.priority = 200: has no effect without path_patterns; add them, or remove the line"
    ]


def test_more_patterns_than_a_rule_allows_are_refused() -> None:
    patterns = ", ".join(f'"/{letter}/*"' for letter in "abcdef")
    assert refusal(worker(f"path_patterns = [{patterns}]", "priority = 200", 'smoke_paths = ["/a/b"]')) == [
        'services.worker.path_patterns: has 6 patterns; a listener rule can have 5; use a wildcard, like "/api/*"'
    ]


@pytest.mark.parametrize("pattern", ["api/*", "/a b", "/" + "a" * 128, ""])
def test_an_invalid_pattern_is_refused(pattern: str) -> None:
    (line,) = refusal(worker(f'path_patterns = ["{pattern}"]', "priority = 200"))
    assert line.startswith("services.worker.path_patterns[0] = ")
    assert "is not a valid path of a listener rule; start with / and use" in line


def test_a_secret_without_a_parameter_is_reported_with_the_existing_ones() -> None:
    assert refusal(worker('secrets = { KEY = "stripe/key" }')) == [
        (
            'services.worker.secrets.KEY = "stripe/key": is not a parameter of this environment; allowed: '
            "api-keys/email, "
            "documentdb/host, documentdb/port, documentdb/reader-hosts, documentdb/url, jwt/current, jwt/previous, "
            "postgres/database, postgres/host, postgres/port, postgres/url"
        )
    ]


def test_a_parameter_passed_by_name_must_exist_too() -> None:
    (line,) = refusal(worker('parameters = { KEY = "jwt/next" }'))
    assert line.startswith(
        'services.worker.parameters.KEY = "jwt/next": is not a parameter of this environment; did you mean jwt/current?'
    )


def test_the_parameter_of_read_replicas_exists_only_with_replicas() -> None:
    toml = worker('secrets = { READERS = "postgres/reader-hosts" }')
    (line,) = refusal(toml)
    assert line.startswith(
        'services.worker.secrets.READERS = "postgres/reader-hosts": is not a parameter of this environment'
    )
    with_replicas = toml.replace("replicas = 0", "replicas = 1", 1)
    assert parsed(with_replicas).services["worker"].secrets == {"READERS": "postgres/reader-hosts"}


@pytest.mark.parametrize("name", ["DB_PASSWORD", "jwt_secret", "GITHUB_TOKEN", "STRIPE_API_KEY"])
def test_a_plain_text_secret_is_refused_and_not_repeated(name: str) -> None:
    (line,) = refusal(worker(f'environment = {{ {name} = "hunter2" }}'))
    assert line.startswith(f"services.worker.environment.{name}: looks like a secret")
    assert "hunter2" not in line


def test_a_variable_has_one_value() -> None:
    toml = worker('environment = { HOST = "x" }', 'secrets = { HOST = "postgres/host" }')
    assert refusal(toml) == ["services.worker.secrets.HOST: is also in environment; a variable can have one value"]


def test_the_port_is_set_by_its_own_setting() -> None:
    assert refusal(worker('environment = { PORT = "80" }')) == [
        'services.worker.environment.PORT = "80": is set by the setting port; remove the line'
    ]


@pytest.mark.parametrize("user", ["root", "0", "0:0", "nginx"])
def test_root_and_names_of_users_are_refused(user: str) -> None:
    assert refusal(worker(f'user = "{user}"')) == [
        (
            f'services.worker.user = "{user}": is not a valid user id; use a number other than 0, '
            'or user and group, like "1000:1000"'
        )
    ]


@pytest.mark.parametrize("seconds", [-1, 1, 29, 901])
def test_an_invalid_slow_start_is_refused(seconds: int) -> None:
    assert refusal(worker(f"slow_start_seconds = {seconds}")) == [
        f"services.worker.slow_start_seconds = {seconds}: must be 0 (none) or 30 to 900"
    ]


def test_draining_longer_than_fargate_waits_is_refused() -> None:
    assert refusal(worker("drain_seconds = 121")) == ["services.worker.drain_seconds = 121: must be 120 or less"]


def test_a_request_target_without_requests_is_refused() -> None:
    assert refusal(worker("requests_per_target = 100")) == [
        (
            "services.worker.requests_per_target = 100: has no effect: this service gets no requests from the load "
            "balancer; add path_patterns, or remove the line"
        )
    ]


def test_the_databases_of_a_service_are_those_in_which_it_has_a_role() -> None:
    backend, frontend = (parsed(changed()).services[name] for name in ("backend", "frontend"))
    assert (backend.databases, frontend.databases) == (("postgres", "documentdb"), ())
    assert (backend.role("postgres"), frontend.role("documentdb")) == ("backend", None)
    only = parsed(changed(('postgres_role = "backend"', "#"), ('DATABASE_URL = "postgres/url"', "#")))
    assert only.services["backend"].databases == ("documentdb",)


def test_writable_folders_may_use_half_of_the_memory() -> None:
    assert refusal(worker('writable_paths = ["/tmp", "/run"]', "writable_mib = 129")) == [
        (
            "services.worker.writable_mib = 129: times 2 writable_paths is more than half of memory_mib = 512, "
            "which includes them; lower it"
        )
    ]


@pytest.mark.parametrize(
    ("setting", "key"),
    [
        ('environment = { IMAGE = "a <IMAGE1_NAME>" }', "environment.IMAGE"),
        ('command = ["run", "<IMAGE1_NAME>"]', "command[1]"),
        ('health_command = ["<IMAGE1_NAME>"]', "health_command[0]"),
    ],
)
def test_a_text_that_the_pipeline_would_replace_is_refused(setting: str, key: str) -> None:
    (line,) = refusal(worker(setting))
    assert line.startswith(f"services.worker.{key} = ")
    assert line.endswith(
        "contains <IMAGE1_NAME>, which the pipeline replaces by the image of each release; use another text"
    )


@pytest.mark.parametrize("pattern", ["ERROR", "?ERROR ?WARN", '{ $.level = "error" }', "%[Ee]rror|level.:.?[56]0%"])
def test_a_filter_pattern_is_accepted(pattern: str) -> None:
    toml = changed((SIZE, f"{SIZE}\nerror_pattern = '{pattern}'"))
    assert parsed(toml).services["frontend"].error_pattern == pattern


@pytest.mark.parametrize("pattern", ['%level.:"error"%', "%(a|b)%", "%two words%", "%open"])
def test_a_regular_expression_that_cloudwatch_does_not_take_is_refused(pattern: str) -> None:
    (line,) = refusal(changed((SIZE, f"{SIZE}\nerror_pattern = '{pattern}'")))
    assert "is not a valid regular expression of CloudWatch Logs; between the two %" in line


@pytest.mark.parametrize("pattern", ["", " ", "x" * 1025])
def test_a_filter_pattern_of_no_or_too_much_text_is_refused(pattern: str) -> None:
    (line,) = refusal(changed((SIZE, f"{SIZE}\nerror_pattern = '{pattern}'")))
    assert "is not a valid filter pattern; it must have 1 to 1024 characters" in line


@pytest.mark.parametrize(
    ("path", "is_valid"), [("/jobs/a%20b", True), ("/jobs/%2Fa?b=%c3", True), ("/jobs/%zz", False), ("/jobs/%2", False)]
)
def test_a_path_has_percent_signs_only_before_two_digits(path: str, is_valid: bool) -> None:  # noqa: FBT001 (a case)
    """The application would answer 400, and the load balancer would replace its tasks again and again."""
    toml = (
        changed()
        + f"""
[services.jobs]
min_count = 1
max_count = 1
cpu_units = 256
memory_mib = 512
path_patterns = ["/jobs/*"]
priority = 7
health_path = "{path}"
"""
    )
    if is_valid:
        assert parsed(toml).services["jobs"].health_path == path
    else:
        (line,) = refusal(toml)
        assert "write % only before the two hexadecimal digits of a character" in line


@pytest.mark.parametrize(
    ("patterns", "count"), [('["/a/*/b/*", "/c/?/*", "/d*e*"]', 6), ('["/a*b*c*d", "/e*f*g*?"]', 7)]
)
def test_a_rule_has_six_wildcards(patterns: str, count: int) -> None:
    toml = worker(f"path_patterns = {patterns}", "priority = 900", 'smoke_paths = ["/a/1/b/1"]')
    if count == 6:
        assert parsed(toml).services["worker"].path_patterns
    else:
        (line,) = [line for line in refusal(toml) if "wildcards" in line]
        assert "have 7 wildcards; a listener rule can have 6: use shorter patterns" in line
