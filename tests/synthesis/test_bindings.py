"""Compiled bindings come from their cache only while they are what Python itself would compile."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from synthesis.fast_start.bindings import BindingsFinder

if TYPE_CHECKING:
    from types import ModuleType

SOURCE = "def f(a: 'no such name', b: Missing = 1) -> None: ...\nVALUE = {value}\n"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "sample"
    folder.mkdir()
    write(folder, 1)
    return folder


def write(package: Path, value: int) -> None:
    (package / "module.py").write_text(SOURCE.format(value=value), encoding="utf-8")
    os.utime(package / "module.py", ns=(value * 10**9, value * 10**9))


def load(package: Path, cache: Path) -> ModuleType:
    spec = BindingsFinder("sample", cache).find_spec("sample.module", [str(package)])
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_annotations_are_text_and_are_not_evaluated(package: Path, tmp_path: Path) -> None:
    module = load(package, tmp_path / "cache")

    assert module.f.__annotations__ == {"a": "'no such name'", "b": "Missing", "return": "None"}


def test_a_changed_source_is_compiled_again(package: Path, tmp_path: Path) -> None:
    assert load(package, tmp_path / "cache").VALUE == 1
    write(package, 2)

    assert load(package, tmp_path / "cache").VALUE == 2


def test_what_is_cached_is_used(package: Path, tmp_path: Path) -> None:
    load(package, tmp_path / "cache")
    (cached,) = (tmp_path / "cache").iterdir()
    before = cached.stat().st_mtime_ns
    load(package, tmp_path / "cache")

    assert cached.stat().st_mtime_ns == before


@pytest.mark.parametrize("kept", [0, 10, 60, -1])
def test_a_file_that_was_cut_off_is_written_again(kept: int, package: Path, tmp_path: Path) -> None:
    load(package, tmp_path / "cache")
    (cached,) = (tmp_path / "cache").iterdir()
    complete = cached.read_bytes()
    cached.write_bytes(complete[:kept])

    assert load(package, tmp_path / "cache").VALUE == 1
    assert cached.read_bytes() == complete


def test_a_cache_that_cannot_be_written_costs_time_only(package: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("no folder", encoding="utf-8")

    assert load(package, tmp_path / "cache").VALUE == 1


def test_code_without_asserts_has_a_file_of_its_own(package: Path, tmp_path: Path) -> None:
    load(package, tmp_path / "cache")
    program = (
        "import sys; from pathlib import Path; from synthesis.fast_start.bindings import BindingsFinder;"
        "spec = BindingsFinder('sample', Path(sys.argv[2])).find_spec('sample.module', [sys.argv[1]]);"
        "spec.loader.get_code('sample.module')"
    )
    root = Path(__file__).parent.parent.parent
    arguments = [sys.executable, "-O", "-c", program, str(package), str(tmp_path / "cache")]
    subprocess.run(arguments, check=True, cwd=root, timeout=60)

    assert len(list((tmp_path / "cache").iterdir())) == 2
