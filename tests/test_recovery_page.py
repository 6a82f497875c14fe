"""The commands of docs/recovery.md have the options, and the documents in them the members, that AWS has."""

from __future__ import annotations

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

_PAGE: Final = (ROOT / "docs" / "recovery.md").read_text(encoding="utf-8")
_GLOBAL: Final = {"region", "query", "output"}
_BLOCKS: Final = re.findall(r"```sh\n(.+?)```", _PAGE, flags=re.DOTALL)
COMMANDS: Final = [
    re.sub(r"^[A-Z]+=\$\((.+)\)$", r"\1", line) for block in _BLOCKS for line in block.splitlines() if "aws " in line
]


def parsed(command: str) -> tuple[OperationModel, dict[str, Any]]:
    """The operation of a command, and its options without those of every command."""
    program, service, operation, *words = shlex.split(command)
    assert program == "aws"
    model = get_session().get_service_model({"s3api": "s3"}.get(service, service))
    names = {xform_name(name, "-"): name for name in model.operation_names}
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
