"""A service's plain variables have no secret, or a reason why one that looks so has none."""

import pytest

from config.plain_variables import not_secret_labels
from tests.config.examples import changed, parsed, refusal

OPAQUE = "q8Zr-x1Vn"
REASON = "a public token for our own site only"


def worker(*lines: str) -> str:
    head = ["[services.worker]", "min_count = 0", "max_count = 1", "cpu_units = 256", "memory_mib = 512"]
    return changed() + "\n".join(["", *head, *lines, ""])


def test_a_secret_is_refused_with_both_ways_out_and_not_repeated() -> None:
    (line,) = refusal(worker(f'environment = {{ MAPS_TOKEN = "{OPAQUE}" }}'))
    assert line == (
        "services.worker.environment.MAPS_TOKEN: looks like a secret, which would be readable in the task definition; "
        'store it in Parameter Store and add it to secrets, like JWT_SECRET = "jwt/current"; a name in [secrets] '
        'api_keys makes a parameter for it. If it is not a secret, say why in not_secret: MAPS_TOKEN = "the reason"'
    )


def test_a_value_is_judged_under_any_name() -> None:
    (line,) = refusal(worker('environment = { DATABASE = "postgres://user:p4ss@host/db" }'))
    assert line.startswith("services.worker.environment.DATABASE: contains an address with a password, which")
    assert "p4ss" not in line


@pytest.mark.parametrize("value", [OPAQUE, "postgres://dev:dev@localhost/db"])
def test_a_reason_lets_a_variable_through_and_is_kept(value: str) -> None:
    toml = worker(f'environment = {{ MAPS_TOKEN = "{value}" }}', f'not_secret = {{ MAPS_TOKEN = "{REASON}" }}')
    service = parsed(toml).services["worker"]
    assert service.environment["MAPS_TOKEN"] == value
    assert not_secret_labels(service.not_secret) == {"not-secret.MAPS_TOKEN": REASON}


@pytest.mark.parametrize(
    ("environment", "reason", "says"),
    [
        (f'A_TOKEN = "{OPAQUE}"', "public", "must be a reason of 10 characters or more, like "),
        (f'A_TOKEN = "{OPAQUE}"', " " * 12, "must be a reason of 10 characters or more, like "),
        ('A_TOKEN = "true"', REASON, "has no effect: environment.A_TOKEN does not look like a secret; remove it"),
        ('OTHER = "x"', REASON, "is not in environment; remove it"),
    ],
)
def test_a_reason_must_say_something_about_a_variable(environment: str, reason: str, says: str) -> None:
    toml = worker(f"environment = {{ {environment} }}", f'not_secret = {{ A_TOKEN = "{reason}" }}')
    (line,) = refusal(toml)
    assert line.startswith("services.worker.not_secret.A_TOKEN = ")
    assert says in line


COMMANDS = [
    ('command = ["psql", "postgres://user:p4ss@host/db"]', "command[1]"),
    ('command = ["sh", "-c", "DB_PASSWORD=p4ss node server.js"]', "command[2]"),
    ('health_command = ["mysqladmin", "ping", "--password", "p4ss"]', "health_command[3]"),
    ('health_command = ["CMD", "mysqladmin", "--password=p4ss"]', "health_command[2]"),
    ('health_command = ["CMD-SHELL", "curl -u admin:p4ss --token p4ss https://localhost/"]', "health_command[1]"),
]


@pytest.mark.parametrize(("line", "key"), COMMANDS)
def test_a_secret_in_a_command_is_refused_unless_there_is_a_reason(line: str, key: str) -> None:
    (refused,) = refusal(worker(line))
    assert refused.startswith(f"services.worker.{key}: ")
    assert f'say why in not_secret: "{key}" = "the reason"' in refused
    assert "p4ss" not in refused
    service = parsed(worker(line, f'not_secret = {{ "{key}" = "{REASON}" }}')).services["worker"]
    assert not_secret_labels(service.not_secret) == {f"not-secret.{key}": REASON}


def test_a_reason_for_a_word_that_is_none_is_refused() -> None:
    (line,) = refusal(worker('command = ["node", "server.js"]', f'not_secret = {{ "command[1]" = "{REASON}" }}'))
    assert "has no effect: command[1] does not look like a secret; remove it" in line
    (line,) = refusal(worker('command = ["node"]', f'not_secret = {{ "command[1]" = "{REASON}" }}'))
    assert "is not in environment; remove it" in line


def test_no_message_repeats_a_secret_of_another_mistake() -> None:
    for line in ("environment = { DB_PASSWORD = 123456789 }", 'command = ["CMD", "postgres://a:p4ss@b"]'):
        found = "\n".join(refusal(worker(line)))
        assert "123456789" not in found
        assert "p4ss" not in found


@pytest.mark.parametrize(
    "name",
    [
        *(
            "discovery.type",
            "SPRING-PROFILE",
            "_x.y-z",
            "npm_config_x",
            "npm_config_//registry.npmjs.org/:_x",
            "1a",
            ".a",
        ),
        *("xpack.security.enabled", "logging.level[com.example]", "Logging:LogLevel:Default", "_JAVA_OPTIONS"),
    ],
)
@pytest.mark.parametrize("value", ["x", "", "a=b", "ü", "😀"])
def test_names_and_values_that_images_read_are_accepted(name: str, value: str) -> None:
    assert parsed(worker(f'environment = {{ "{name}" = "{value}" }}')).services["worker"].environment == {name: value}


@pytest.mark.parametrize("name", ["a b", "a=b", "=", "", "-a", "GRÜSSE", "😀", "a\\nb", "a$b", "a\\u0000"])
def test_other_names_are_refused(name: str) -> None:
    (line,) = refusal(worker(f'environment = {{ "{name}" = "x" }}'))
    assert "is not a valid variable name; use the letters A to Z and a to z, digits and _ . - : / @ + , ( )" in line
