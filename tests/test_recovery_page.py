"""The commands on files, images and restores in docs/recovery.md have the options and members that AWS has."""

from __future__ import annotations

import itertools
import json
import re
import shlex
from typing import TYPE_CHECKING, Any, Final

import pytest
from botocore import xform_name
from botocore.session import get_session
from botocore.validate import ParamValidator

from main import ROOT

if TYPE_CHECKING:
    from botocore.model import OperationModel

_SECTIONS: Final = re.split(
    r"^## (.+)$", (ROOT / "docs" / "recovery.md").read_text(encoding="utf-8"), flags=re.MULTILINE
)[1:]
_BY_TITLE: Final = dict(zip(_SECTIONS[::2], _SECTIONS[1::2], strict=True))
_RESTORE: Final = _BY_TITLE["When the region is lost"]
_PAGE: Final = _BY_TITLE["Files"] + _BY_TITLE["Images"] + _RESTORE
_GLOBAL: Final = {"region", "query", "output"}
_BLOCKS: Final = re.findall(r"```sh\n(.+?)```", _PAGE, flags=re.DOTALL)
_RESTORES: Final = re.findall(r"```sh\n(.+?)```", _RESTORE, flags=re.DOTALL)
COMMANDS: Final = [
    re.sub(r"^[A-Z]+=\$\((.+)\)$", r"\1", line) for block in _BLOCKS for line in block.splitlines() if "aws " in line
]


def parsed(command: str) -> tuple[OperationModel, dict[str, Any]]:
    """The operation of a command, and its options without those of every command."""
    program, service, operation, *words = shlex.split(command)
    assert program == "aws"
    model = get_session().get_service_model({"s3api": "s3"}.get(service, service))
    names = {xform_name(name, "-"): name for name in model.operation_names}
    if operation == "wait":
        waiters = get_session().get_waiter_model(service)
        by_name = {xform_name(name, "-"): name for name in waiters.waiter_names}
        names["wait"] = waiters.get_waiter(by_name[words.pop(0)]).operation
    options: dict[str, Any] = {}
    while words:
        name = words.pop(0).removeprefix("--")
        options[name] = words.pop(0) if words and not words[0].startswith("--") else True
    return model.operation_model(names[operation]), {k: v for k, v in options.items() if k not in _GLOBAL}


def value(text: Any, kind: str) -> Any:
    """What the AWS CLI makes of an option: JSON, its shorthand, or text."""
    if kind in {"structure", "list", "map"}:
        if str(text).startswith(("{", "[")):
            return json.loads(text)
        if "=" not in str(text):
            return [text]
        members = dict(part.split("=", 1) for part in str(text).split(","))
        return [members] if kind == "list" else members
    return int(text) if kind == "integer" else text


def test_the_page_has_commands() -> None:
    assert len(COMMANDS) >= 6


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: " ".join(one.split()[1:3]))
def test_a_command_is_one_of_the_aws_cli(command: str) -> None:
    model, options = parsed(command)
    members = {xform_name(name, "-"): name for name in model.input_shape.members}
    arguments: dict[str, Any] = {}
    for name, text in options.items():
        member = members.get(name.removeprefix("no-"))
        assert member, f"--{name} is not an option of {model.name}; there are {sorted(members)}"
        shape = model.input_shape.members[member]
        arguments[member] = not name.startswith("no-") if text is True else value(text, shape.type_name)
    report = ParamValidator().validate(arguments, model.input_shape)
    assert not report.has_errors(), report.generate_report()


@pytest.mark.parametrize("document", re.findall(r"'(\{\"Version\".+?\})'", _PAGE))
def test_a_policy_in_a_command_is_valid(document: str) -> None:
    statements = json.loads(document)["Statement"]
    assert all(one["Effect"] == "Allow" and one["Action"] for one in statements)


def test_what_is_restored_is_changed_when_it_is_available() -> None:
    for block in _RESTORES:
        lines = [line.split() for line in block.splitlines() if line.strip()]
        for before, line in itertools.pairwise(lines):
            if line[2].startswith("modify-"):
                assert before[2:4] == ["wait", "db-instance-available"]
    assert "modify-db-instance" in _RESTORE
    assert "modify-db-cluster" in _RESTORE


@pytest.mark.parametrize(
    ("operation", "option"),
    [
        ("restore-db-instance-to-point-in-time", "--db-parameter-group-name"),
        ("restore-db-instance-to-point-in-time", "--multi-az"),
        ("restore-db-cluster-from-snapshot", "--db-cluster-parameter-group-name"),
    ],
)
def test_a_restored_database_has_what_is_not_restored_by_default(operation: str, option: str) -> None:
    (command,) = (line for line in COMMANDS if operation in line)
    assert option in command.split()
