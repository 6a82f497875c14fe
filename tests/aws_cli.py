"""An `aws` for the commands that this project prints: those options of the AWS CLI, and boto3 behind them."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import boto3
import jmespath  # type: ignore[import-untyped]
from botocore import xform_name
from botocore.config import Config

if TYPE_CHECKING:
    import pytest

_ROOT: Final = Path(__file__).parents[1]
_FILE: Final = "file"
_FILTERS: Final = ("filters", "parameter-filters")


def install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put it on the PATH."""
    folder.mkdir()
    program = folder / "aws"
    program.write_text(f'#!/bin/sh\nPYTHONPATH={_ROOT} exec {sys.executable} -m tests.aws_cli "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def main(service: str, operation: str, *words: str) -> None:
    """Make the call and print its answer."""
    options = _options(list(words))
    config = Config(read_timeout=int(options.pop("cli-read-timeout", 60)), retries={"total_max_attempts": 1})
    client: Any = boto3.client(service, region_name=options.pop("region"), config=config)
    query, output = options.pop("query", ""), options.pop("output", "json")
    file = options.pop(_FILE, "")
    options.pop("cli-binary-format", None)
    method = operation.replace("-", "_")
    shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method]).input_shape
    members = {xform_name(member, "-"): member for member in shape.members}
    arguments = {members[name]: value for name, value in options.items()}
    # The AWS CLI reads every page too.
    if client.can_paginate(method):
        answer: Any = client.get_paginator(method).paginate(**arguments).build_full_result()
    else:
        answer = getattr(client, method)(**arguments)
    if file:  # what `aws lambda invoke` writes beside its answer
        Path(file).write_bytes(answer.pop("Payload").read())
    if query:
        answer = jmespath.search(query, answer)
    if output == "text":
        print(answer)
    else:
        print(json.dumps(answer, default=str))


def _options(words: list[str]) -> dict[str, Any]:
    options: dict[str, Any] = {}
    while words:
        word = words.pop(0)
        name = word.removeprefix("--")
        if name == word:
            options[_FILE] = word
        elif not words or words[0].startswith("--"):
            options[name] = True
        elif name in _FILTERS:
            fields = dict(field.split("=", 1) for field in words.pop(0).split(","))
            options[name] = [{**fields, "Values": [fields["Values"]]}]
        else:
            options[name] = words.pop(0)
    return options


if __name__ == "__main__":
    main(*sys.argv[1:])
