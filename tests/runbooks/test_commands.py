"""What pages share is quoted for a shell."""

from __future__ import annotations

from runbooks.commands import call_function, read_log
from tests.shell_commands import Command, commands_of


def test_a_log_is_read_from_some_minutes_ago() -> None:
    (command,) = commands_of(read_log("eu-west-1", "/acme/x", 2, '"it\'s"'))
    assert "$(($(date +%s) * 1000 - 120000))" in read_log("eu-west-1", "/acme/x", 2)
    assert command.words[command.words.index("--filter-pattern") + 1] == '"it\'s"'
    assert "--filter-pattern" not in read_log("eu-west-1", "/acme/x", 2)


def test_a_function_gets_its_event_as_json() -> None:
    words = "aws lambda invoke --region eu-west-1 --function-name f --payload fileb:///dev/stdin /dev/stdout"
    event = '{"action": "it\'s", "version": 7}'
    assert commands_of(call_function("eu-west-1", "f", {"action": "it's", "version": 7})) == [
        Command(tuple(words.split()), given=event)
    ]
