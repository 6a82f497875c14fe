"""What a check says of a value that is not as expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.evidence import NotMet
from conformance.expect import equals
from conformance.view import View
from synthesis.manifest import Stack


def view(kind: str, **arguments: object) -> View:
    """A stack with one resource."""
    metadata = {"environment": "dev", "layer": "data", "region": "us-east-1", "project": "acme"}
    document = {"//": {"metadata": metadata}, "resource": {kind: {"a": arguments}}}
    return View({"dev-data": Stack(id="dev-data", folder=Path(), document=document)}, "dev")


@pytest.mark.parametrize(
    ("kind", "argument", "shown"),
    [
        ("aws_db_instance", "password", "(sensitive)"),
        ("aws_docdb_cluster", "master_password_wo", "(sensitive)"),
        ("aws_ssm_parameter", "value", "(sensitive)"),
        ("aws_secretsmanager_secret_version", "secret_string", "(sensitive)"),
        ("aws_db_instance", "engine", "'hunter2'"),
    ],
)
def test_a_value_that_may_be_a_secret_is_not_shown(kind: str, argument: str, shown: str) -> None:
    found = view(kind, **{argument: "hunter2"}).one(kind)
    with pytest.raises(NotMet) as refused:
        found.require(argument, equals(None))
    assert str(refused.value) == f"dev-data: {kind}.a: {argument} must be null, not {shown}"
