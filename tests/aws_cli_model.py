"""Asks version 1 of the AWS CLI whether it accepts commands, and what version 2 does otherwise; nothing is called.

Run by the Python of `.venv/aws-cli`: a JSON list of lists of words comes in, a JSON list of messages goes out, empty
for each command that both versions accept. Version 1 warns by itself of what it knows to be different in version 2:
https://docs.aws.amazon.com/cli/v1/userguide/cliv2-migration-tool.html
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sys
from importlib import import_module
from typing import Any, Final

_SETTINGS: Final = {
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_MAX_ATTEMPTS": "1",
    "AWS_PAGER": "",
}
_WARNING: Final = "AWS CLI v2 UPGRADE WARNING:"
_EXPECTED: Final = "For input parameters that have a prefix of `http://`"
"""A warning that version 1 gives for files too."""
_BINARY: Final = "fileb://"
_UNKNOWN: Final = ("file://", "OUTPUT")
"""How a value starts that only the shell of a reader has."""
_REPLACED: Final = re.compile(r"[A-Z_]+")
_COMPLEX: Final = ("structure", "list", "map")


def main() -> None:
    """Answer for each command."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(_SETTINGS, AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull)
    clidriver: Any = import_module("awscli.clidriver")
    waiters: Any = import_module("awscli.customizations.waiters")
    subcommands: Any = import_module("awscli.customizations.s3.subcommands")
    clidriver.CLIOperationCaller.invoke = _validate
    clidriver.ServiceOperation._detect_binary_file_migration_change = lambda *_: None  # noqa: SLF001 - as below
    waiters.WaiterCaller.invoke = lambda *_: 0
    for one in vars(subcommands).values():
        if isinstance(one, type) and issubclass(one, subcommands.S3Command):
            setattr(one, "_run_main", lambda *_: 0)  # noqa: B010 - `type` does not say that it has it
    driver = clidriver.create_clidriver()
    driver.session.register("before-building-argument-table-parser", _read_options)
    print(json.dumps([_message(driver, words) for words in json.load(sys.stdin)]))


def _message(driver: Any, words: list[str]) -> str:
    """What is wrong with a command, in one line."""
    err = io.StringIO()
    with contextlib.redirect_stderr(err), contextlib.redirect_stdout(io.StringIO()):
        try:
            code = driver.main([*words, "--v2-debug"])
        except SystemExit as ended:
            code = ended.code
    said, *warnings = [" ".join(part.split()) for part in err.getvalue().split(_WARNING)]
    warning = next((one for one in warnings if not one.startswith(_EXPECTED)), "")
    if code and not warning:
        _, error, rest = said.rpartition("error: ")
        return rest[:300] if error else said[-300:] or f"it ends with {code}"
    return warning


def _read_options(argument_table: Any, args: list[str], **_: Any) -> None:
    """Require that a binary argument comes from a file, and leave out what only the shell of a reader has.

    As text, version 2 takes a binary argument for base64.
    """
    for name in [word.removeprefix("--") for word in args if word.startswith("--")]:
        argument, place = argument_table.get(name), args.index(f"--{name}")
        kind = getattr(getattr(argument, "argument_model", None), "type_name", "")
        value = args[place + 1] if place + 1 < len(args) else ""
        if kind == "blob" and not value.startswith(_BINARY):
            message = f"--{name} must be {_BINARY}.., because version 2 takes {value!r} for base64"
            raise ValueError(message)
        if name == "cli-input-json" or (value.startswith(_UNKNOWN) and kind in _COMPLEX):
            del args[place : place + 2]
            for other in argument_table.values() if name == "cli-input-json" else [argument]:
                other.required = False
            _UNCHECKED.append(name)


_UNCHECKED: Final[list[str]] = []


def _validate(_caller: Any, service: str, operation: str, parameters: dict[str, Any], _globals: Any) -> int:
    """In the place of the call: compare the parameters with the model."""
    from botocore.session import get_session  # noqa: PLC0415
    from botocore.validate import ParamValidator  # noqa: PLC0415

    shape = get_session().get_service_model(service).operation_model(operation).input_shape
    parameters.pop("PaginationConfig", None)
    if _UNCHECKED or shape is None:
        _UNCHECKED.clear()
        return 0
    report = ParamValidator().validate(_filled(parameters, shape), shape)
    if report.has_errors():
        raise ValueError(report.generate_report())
    return 0


def _filled(value: Any, shape: Any) -> Any:
    """The parameters with something valid in the place of what a reader replaces, such as `START`."""
    if isinstance(value, dict) and shape.type_name == "structure":
        return {key: _filled(item, shape.members[key]) if key in shape.members else item for key, item in value.items()}
    if isinstance(value, list) and shape.type_name == "list":
        return [_filled(item, shape.member) for item in value]
    if isinstance(value, str) and _REPLACED.fullmatch(value):
        return (
            "2026-01-01T00:00:00Z" if shape.type_name == "timestamp" else value.ljust(shape.metadata.get("min", 0), "_")
        )
    return value


if __name__ == "__main__":
    main()
