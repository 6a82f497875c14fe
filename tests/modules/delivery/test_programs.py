"""The programs of the builds in their bucket."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cdktf import App

from templates import buildspecs
from tests.modules.delivery.parts import Parts
from tests.template import Template

if TYPE_CHECKING:
    import pytest


def written() -> dict[str, Any]:
    return Template.of(Parts.make().stack).only("aws_s3_object")


def test_one_object_has_all_programs_where_python_finds_them() -> None:
    parts = Parts.make()
    made = Template.of(parts.stack).only("aws_s3_object")
    file = Path(App.of(parts.stack).outdir, "stacks", parts.stack.node.id, made["source"])
    assert made["source_hash"] == hashlib.sha256(file.read_bytes()).hexdigest()
    with zipfile.ZipFile(file) as archive:
        found = {name: archive.read(name).decode() for name in archive.namelist()}
    assert found == {f"build_steps/{name}": text for name, text in buildspecs.programs().items()}


def test_other_programs_are_another_version_of_the_same_object(monkeypatch: pytest.MonkeyPatch) -> None:
    before = written()
    changed = {**buildspecs.programs(), "scan.py": "pass\n"}
    monkeypatch.setattr(buildspecs, "programs", lambda: changed)
    after = written()
    assert {name for name in before if before[name] != after[name]} == {"source_hash"}


def test_a_build_names_the_version_that_its_project_was_applied_with() -> None:
    variables = Parts.make().store.programs.variables
    assert variables["PROGRAMS_KEY"] == buildspecs.PROGRAMS_KEY
    assert set(variables) == {"PROGRAMS_BUCKET", "PROGRAMS_KEY", "PROGRAMS_VERSION"}
