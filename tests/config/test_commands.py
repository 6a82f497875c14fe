"""What a container would die of, or its health check, is refused before it starts."""

import pytest

from tests.config.examples import changed, parsed, refusal

PROGRAM = 'must be the name of a program, like "node"; without a name nothing starts'
APART = "would be the name of one program, spaces included; write each word apart"
NO_SHELL = 'is not given to a shell, so it would be an argument of the program; use a shell, like ["sh", "-c", '
SCRIPT = 'would be the file of a script; put "-c" before it, then the shell runs the text'
ONE_TEXT = 'must have exactly one text after "CMD-SHELL", the whole command'


def worker(line: str) -> str:
    head = ["[services.worker]", "min_count = 0", "max_count = 1", "cpu_units = 256", "memory_mib = 512"]
    return changed() + "\n".join(["", *head, line, ""])


@pytest.mark.parametrize(
    "command",
    [
        '["node", "health.js"]',
        '["CMD", "node"]',
        '["CMD-SHELL", "curl -f http://localhost/ || exit 1"]',
        '["sh", "-c", "curl -f http://localhost/ || exit 1"]',
        '["wget", "--header", "a b", ""]',
    ],
)
def test_a_health_command_in_either_form_is_accepted(command: str) -> None:
    assert parsed(worker(f"health_command = {command}")).services["worker"].health_command


@pytest.mark.parametrize(
    ("command", "key", "says"),
    [
        ('["NONE"]', "", '"NONE" is not a form of ECS; remove the line, then there is no health check'),
        ('["none"]', "", '"NONE" is not a form of ECS; remove the line, then there is no health check'),
        ('["cmd-shell", "true"]', "[0]", 'must be "CMD-SHELL", or a program'),
        ('["Cmd", "true"]', "[0]", 'must be "CMD", or a program'),
        ('["CMD"]', "", 'has no program after "CMD"; add it, like ["CMD", "node", "health.js"]'),
        ('["CMD", "CMD-SHELL", "true"]', "[1]", "is a second form; remove one of them"),
        ('["CMD", ""]', "[1]", PROGRAM),
        ('[""]', "[0]", PROGRAM),
        ('[" ", "health.js"]', "[0]", PROGRAM),
        ('["CMD", "curl -f http://localhost/"]', "[1]", APART),
        ('["curl -f http://localhost/ || exit 1"]', "[0]", APART),
        ('["curl", "-f", "http://localhost/", "||", "exit", "1"]', "[3]", NO_SHELL),
        ('["CMD", "true", "&&", "true"]', "[2]", NO_SHELL),
        ('["curl", "-f", "http://localhost/", ">", "/dev/null"]', "[3]", NO_SHELL),
        ('["curl", "-f", "http://localhost/", ">/dev/null"]', "[3]", NO_SHELL),
        ('["curl", "-f", "http://localhost/", "2>&1"]', "[3]", NO_SHELL),
        ('["CMD", "wget", "${HEALTH_URL}"]', "[2]", NO_SHELL),
        ('["sh", "curl -f http://localhost/"]', "[1]", SCRIPT),
        ('["CMD", "/bin/bash", "curl -f http://localhost/"]', "[2]", SCRIPT),
        ('["CMD-SHELL"]', "", ONE_TEXT),
        ('["CMD-SHELL", ""]', "", ONE_TEXT),
        ('["CMD-SHELL", "curl", "-f"]', "", ONE_TEXT),
    ],
)
def test_a_health_command_that_cannot_run_is_refused(command: str, key: str, says: str) -> None:
    (line,) = refusal(worker(f"health_command = {command}"))
    assert line.startswith(f"services.worker.health_command{key} = ")
    assert says in line


@pytest.mark.parametrize(
    "command",
    [
        "[]",
        '["node", "server.js"]',
        '["npm start && true"]',
        '["sh", "-c", "a && b > c"]',
        '["bash", "-lc", "a $B"]',
        '["sh", "run.sh"]',
        '["grep", "a|b;c>d$", "cost: $5"]',
        '["-c", ""]',
    ],
)
def test_other_commands_are_accepted(command: str) -> None:
    """An image's ENTRYPOINT may be a shell that takes one text."""
    assert parsed(worker(f"command = {command}")).services["worker"].command is not None


@pytest.mark.parametrize(
    ("command", "key", "says"),
    [
        ('["CMD", "node"]', "[0]", "is a form of health checks, not a program; write the program alone"),
        ('["CMD-SHELL", "node"]', "[0]", "is a form of health checks, not a program; write the program alone"),
        ('[""]', "[0]", PROGRAM),
        ('["node", "migrate.js", "&&", "node", "server.js"]', "[2]", NO_SHELL),
        ('["node", "migrate.js", ";", "true"]', "[2]", NO_SHELL),
        ('["node", "server.js", "|", "tee", "log"]', "[2]", NO_SHELL),
        ('["node", "server.js", "&"]', "[2]", NO_SHELL),
        ('["node", "server.js", "2>/dev/null"]', "[2]", NO_SHELL),
        ('["node", "server.js", "--port", "$PORT"]', "[3]", NO_SHELL),
        ('["sh", "node server.js"]', "[1]", SCRIPT),
    ],
)
def test_a_command_that_cannot_run_is_refused(command: str, key: str, says: str) -> None:
    (line,) = refusal(worker(f"command = {command}"))
    assert line.startswith(f"services.worker.command{key} = ")
    assert says in line


def test_the_command_of_migrations_is_checked_like_that_of_a_service() -> None:
    toml = changed(('command = ["node", "migrate.js"]', 'command = ["node", "a.js", "&&", "true"]'), delivery=True)
    (line,) = refusal(toml)
    assert line.startswith('delivery.migrations.command[2] = "&&": ')
    assert NO_SHELL in line
