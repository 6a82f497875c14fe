"""The fork under the name `cdktf`, on a small package of the same form."""

from __future__ import annotations

import io
import json
import tarfile
from typing import TYPE_CHECKING

import pytest

from future.errors import FutureError
from future.relabel import relabel, relabelled

if TYPE_CHECKING:
    from pathlib import Path

ASSEMBLY = '{"name": "cdktn", "types": {"cdktn.App": {"base": "cdktn.TerraformElement", "docs": "cdktn is a fork"}}}'
SCRIPT = 'App[_a] = { fqn: "cdktn.App", version: "1" }; const note = "cdktn";'


def package(tmp_path: Path, *, assembly: str = ASSEMBLY) -> Path:
    """An installed `cdktn` with one npm package."""
    source = tmp_path / "cdktn"
    (source / "_jsii").mkdir(parents=True)
    (source / "__pycache__").mkdir()
    (source / "__pycache__" / "x.pyc").write_bytes(b"\0")
    (source / "__init__.py").write_text('from cdktn._jsii import x\nfqn = "cdktn.App"\n', encoding="utf-8")
    (source / "_jsii" / "__init__.py").write_text('load("cdktn", "9.9", "cdktn@9.9.jsii.tgz")\n', encoding="utf-8")
    (source / "py.typed").touch()
    members = {
        "package/package.json": '{"name": "cdktn", "version": "9.9"}',
        "package/.jsii": assembly,
        "package/lib/app.js": SCRIPT,
        "package/node_modules/other/index.js": 'fqn: "cdktn.Kept"',
        "package/LICENSE": "cdktn",
    }
    with tarfile.open(source / "_jsii" / "cdktn@9.9.jsii.tgz", "w:gz") as archive:
        for name, text in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return source


def read(target: Path) -> dict[str, str]:
    with tarfile.open(target / "_jsii" / "cdktf@9.9.jsii.tgz") as archive:
        found = {member.name: archive.extractfile(member) for member in archive}
        return {name: file.read().decode() for name, file in found.items() if file}


def test_python_npm_package_and_types_have_the_other_name(tmp_path: Path) -> None:
    target = relabel(package(tmp_path), "9.9")
    assert (target / "__init__.py").read_text(encoding="utf-8") == 'from cdktf._jsii import x\nfqn = "cdktf.App"\n'
    assert (target / "_jsii" / "__init__.py").read_text(encoding="utf-8") == (
        'load("cdktf", "9.9", "cdktf@9.9.jsii.tgz")\n'
    )
    assert (target / "py.typed").is_file()
    assert not (target / "__pycache__").exists()
    files = read(target)
    assert json.loads(files["package/package.json"]) == {"name": "cdktf", "version": "9.9"}
    assert json.loads(files["package/.jsii"]) == {
        "name": "cdktf",
        "types": {"cdktf.App": {"base": "cdktf.TerraformElement", "docs": "cdktn is a fork"}},
    }
    assert files["package/lib/app.js"] == SCRIPT.replace('"cdktn.App"', '"cdktf.App"')
    assert files["package/node_modules/other/index.js"] == 'fqn: "cdktn.Kept"'
    assert files["package/LICENSE"] == "cdktn"


def test_its_version_is_one_that_the_bindings_ask_for(tmp_path: Path) -> None:
    source = package(tmp_path)
    (tmp_path / "cdktf-0.21.0.dist-info").mkdir()
    relabel(source, "9.9")
    (info,) = tmp_path.glob("cdktf-*.dist-info")
    assert info.name == "cdktf-0.21.0+cdktn.9.9.dist-info"
    assert (info / "METADATA").read_text(encoding="utf-8").splitlines()[1:] == [
        "Name: cdktf",
        "Version: 0.21.0+cdktn.9.9",
    ]


def test_it_has_the_same_bytes_each_time(tmp_path: Path) -> None:
    source = package(tmp_path)
    first = (relabel(source, "9.9") / "_jsii" / "cdktf@9.9.jsii.tgz").read_bytes()
    assert (relabel(source, "9.9") / "_jsii" / "cdktf@9.9.jsii.tgz").read_bytes() == first
    assert first[4:8] == bytes(4), "the time of the archive: https://www.rfc-editor.org/rfc/rfc1952#section-2.3.1"


def test_a_package_of_another_form_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FutureError, match="0 npm packages with types named cdktn; it must be 1"):
        relabel(package(tmp_path, assembly='{"name": "other"}'), "9.9")


@pytest.mark.parametrize("text", ["import cdktnx", "xcdktn = 'cdktnx.'", "from .cdktn import y"])
def test_other_names_in_python_are_kept(text: str) -> None:
    assert relabelled("x.py", text) == text
