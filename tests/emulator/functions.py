from __future__ import annotations

import importlib
import io
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.emulator.conftest import Client

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
LAMBDAS = Path(__file__).parents[2] / "lambdas"
RIGHTS = ("logs:*", "ec2:*NetworkInterface*")


def zip_code(code: str, *packages: str, files: Mapping[str, str] | None = None) -> bytes:
    """Zip a module `code` with installed packages."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("code.py", code)
        for name, text in (files or {}).items():
            archive.writestr(name, text)
        for package in packages:
            origin = Path(str(importlib.import_module(package).__file__))
            if origin.name != "__init__.py":
                archive.write(origin, origin.name)
                continue
            # Some packages read their own version there.
            for file in (*origin.parent.rglob("*.py"), *origin.parents[1].glob(f"{package}-*.dist-info/METADATA")):
                archive.write(file, file.relative_to(origin.parents[1]))
    return buffer.getvalue()


def sources(folder: str) -> dict[str, str]:
    """The files of one of the project's functions, by their paths in its package."""
    return {f"{folder}/{file.name}": file.read_text(encoding="utf-8") for file in (LAMBDAS / folder).glob("*.py")}


def make_role(client: Client, name: str, *, account: str, actions: Sequence[str] = RIGHTS) -> str:
    iam = client("iam", account=account)
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName=name, PolicyName=name, PolicyDocument=policy)
    return str(role)


def make_function(
    client: Client, name: str, code: bytes, *, account: str, actions: Sequence[str] = RIGHTS, **settings: Any
) -> None:
    """Create a function with a role of its own; its handler is `code.handler`."""
    client("lambda", account=account).create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="code.handler",
        Role=make_role(client, f"{name}-role", account=account, actions=actions),
        Code={"ZipFile": code},
        **settings,
    )


def invoke(client: Client, name: str, event: Any = None, *, account: str) -> Any:
    """Call a function; return what it answers."""
    answer = client("lambda", account=account).invoke(FunctionName=name, Payload=json.dumps(event or {}))
    return json.load(answer["Payload"])
