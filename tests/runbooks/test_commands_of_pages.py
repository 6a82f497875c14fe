"""Every command in the documentation and in the runbooks is one that its program has."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING, Final

import pytest

from main import ROOT
from tests.aws_commands import CommandError, check
from tests.documents import PAGES, wrong_with
from tests.markdown import name_of
from tests.runbooks.rendered import rendered_pages
from tests.shell_commands import Command, commands

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_MODEL: Final = ROOT / "tests" / "aws_cli_model.py"
_PYTHON: Final = ROOT / ".venv" / "aws-cli" / "bin" / "python"
_FORMAT: Final = "--cli-binary-format"


def aws_errors(found: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    """What the AWS CLI refuses, with its message."""
    asked = sorted(set(found))
    done = subprocess.run(
        [str(_PYTHON), "-I", str(_MODEL)],
        input=json.dumps([words[1:] for words in asked]),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return {words: message for words, message in zip(asked, json.loads(done.stdout), strict=True) if message}


def as_version_1(words: tuple[str, ...]) -> tuple[str, ...]:
    """The command without what only version 2 needs: the format of a payload."""
    if _FORMAT not in words:
        return words
    place = words.index(_FORMAT)
    kept = [*words[:place], *words[place + 2 :]]
    payload = kept.index("--payload") + 1
    json.loads(kept[payload])
    return (*kept[:payload], "fileb:///dev/null", *kept[payload + 1 :])


def of_prod(found: Iterable[Command], environment: str) -> list[Command]:
    """The commands with the name of prod for that of an environment, so that most are asked about once."""
    replaced = re.compile(rf"(user-management[-/]){environment}\b")
    return [Command(tuple(replaced.sub(r"\1prod", word) for word in command.words)) for command in found]


def shown(errors: dict[tuple[str, ...], str]) -> str:
    return "\n".join(f"{' '.join(words)}\n    {message}" for words, message in errors.items())


def of_program(found: Iterable[Command], *programs: str) -> set[tuple[str, ...]]:
    return {command.words for command in found if command.program in programs}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_has_only_commands_that_exist(page: Path) -> None:
    found = [command for command in commands(page.read_text(encoding="utf-8")) if command.words]
    wrong = {command.words: message for command in found if (message := wrong_with(command.words))}
    assert not wrong, shown(wrong)


@pytest.mark.seconds(20)
def test_the_aws_cli_accepts_the_commands_of_all_pages() -> None:
    """Version 1 has no `aws logs tail` and no format of payloads; version 2 needs that format."""
    found = of_program((one for page in PAGES for one in commands(page.read_text(encoding="utf-8"))), "aws")
    of_version_2 = {words for words in found if words[1:3] == ("logs", "tail")}
    for words in of_version_2:
        check(" ".join(f"'{word}'" for word in words))
    wrong = aws_errors(as_version_1(words) for words in found - of_version_2)
    assert not wrong, shown(wrong)


@pytest.mark.seconds(20)
def test_both_versions_of_the_aws_cli_accept_the_commands_of_the_runbooks(output: Path) -> None:
    files = rendered_pages(output)
    found = [one for name, text in files.items() for one in of_prod(commands(text), name.partition("/")[0])]
    others = {one.words: message for one in found if one.words and (message := wrong_with(one.words))}
    assert not others, shown(others)
    wrong = aws_errors(of_program(found, "aws"))
    assert not wrong, shown(wrong)


def test_the_aws_cli_refuses_what_one_of_its_versions_does_not_have() -> None:
    refused = {
        "aws ecr get-login": "has been removed in AWS CLI v2",
        "aws logs tail GROUP": "Invalid choice",
        "aws lambda invoke --function-name A --payload {} /dev/stdout": "must be fileb://",
        "aws lambda invoke --function-name A --cli-binary-format raw-in-base64-out /dev/stdout": "Unknown options",
        "aws rds describe-db-instances --db-instance-name A": "Unknown options",
        "aws rds restore-db-instance-to-point-in-time --restore-time X": "--target-db-instance-identifier",
        "aws ecs update-service --service A --desired-count many": "invalid literal",
        "aws ecs wait services-healthy --services A": "Invalid choice",
        "aws s3 cp --recursively s3://a/b .": "Unknown options",
        "aws lambda invoke --function-name A --payload fileb:///dev/stdin /dev/stdout": "",
    }
    said = aws_errors(tuple(command.split()) for command in refused)
    for command, message in refused.items():
        assert (message in said[*command.split(),]) if message else tuple(command.split()) not in said, said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("make aply ENV=prod", "the Makefile has no aply"),
        ("make apply ENVIRONMENT=prod", "the Makefile has no ENVIRONMENT"),
        ("terraform state forget X", "terraform has no command state forget"),
        ("terraform plan -json", "terraform plan has no option -json"),
        ("kubectl get pods", "kubectl is not a program that pages use"),
    ],
)
def test_other_programs_refuse(words: str, message: str) -> None:
    assert wrong_with(tuple(words.split())) == message


def test_a_command_of_version_2_is_compared_with_its_options() -> None:
    with pytest.raises(CommandError, match="newest"):
        check("aws logs tail GROUP --newest")
