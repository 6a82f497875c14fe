"""`make rotate` as it calls a function: by the AWS CLI's options, on an emulated account in which the code runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import boto3
import pytest

from runner.errors import FAILED, OK, REFUSED
from tests import aws_cli
from tests.emulator.functions import make_function, zip_code
from tests.outputs import identity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.emulator.conftest import Client
    from tests.runner.conftest import Project

REGION: Final = "us-east-1"
ACCOUNT: Final = "900000000417"
FUNCTION: Final = "acme-dev-postgres-roles"
CODE: Final = '''
class OldTasksError(Exception):
    """As the function has it."""

def handler(event, context):
    if not event["force"]:
        raise OldTasksError("acme-dev-backend: task 1f2e started before 2026-11-01")
    due = {"login": "backend_b", "set_at": "2026-11-26T13:00:00+00:00", "due": "2026-12-26T13:00:00+00:00"}
    return {"outcome": "rotated", "rotated": [event["role"]], "roles": {event["role"]: due}}
'''


@pytest.fixture
def client(project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Client]:
    """An account with nothing in it, which the AWS CLI of the project's PATH reaches."""
    from emulator import Emulator  # noqa: PLC0415 - moto is a second to import

    project.stack("dev-data")
    path = project.out / "stacks" / "dev-data" / "cdk.tf.json"
    document = json.loads(path.read_text())
    rotation = {"postgres": {"function": FUNCTION, "roles": ["backend"]}}
    document["//"]["metadata"] = {**identity(layer="data", name="data"), "rotation": rotation}
    path.write_text(json.dumps(document))
    with Emulator() as running:
        for name, value in running.environment(account=ACCOUNT).items():
            monkeypatch.setenv(name, value)
        aws_cli.install(tmp_path / "cli", monkeypatch)

        def create(service: str, **_: object) -> Any:
            return boto3.client(service, region_name=REGION)

        yield create


@pytest.mark.emulator
def test_the_function_is_called_and_its_answer_or_its_error_is_read(project: Project, client: Client) -> None:
    missing = project.run("rotate", "--what", "postgres")
    assert (missing[0], missing[2].splitlines()[0]) == (
        REFUSED,
        "The function that rotates postgres of dev is not applied yet.",
    )
    make_function(client, FUNCTION, zip_code(CODE), account=ACCOUNT)

    code, _, err = project.run("rotate", "--what", "postgres", "--role", "backend")
    assert (code, err.splitlines()[0]) == (
        FAILED,
        "postgres of dev: acme-dev-backend: task 1f2e started before 2026-11-01.",
    )
    assert err.splitlines()[1].startswith("Two ways out.")

    code, out, err = project.run("rotate", "--what", "postgres", "--role", "backend", "--force", "1")
    assert (code, err) == (OK, "")
    assert out.splitlines()[0] == "postgres of dev: rotated: backend."
