"""Lays a copy of the installed `cdktn` beside it under the name `cdktf`: `python -m future.relabel`.

The bindings of provider 5.100.0 import `cdktf`, and their JavaScript and their type names do, too. So the copy has the
other name in its Python, in its npm package, and in the description of its types. What is copied is MPL-2.0 and stays
in this environment; who hands it on has to add the sources and the notices.
"""

from __future__ import annotations

import gzip
import importlib.metadata
import importlib.util
import io
import json
import re
import shutil
import sys
import tarfile
from pathlib import Path
from typing import Final

from console import program
from future.errors import FutureError

OLD, NEW = "cdktn", "cdktf"
ASKED_FOR: Final = "0.21.0"
"""The version that the bindings ask for: cdktf<0.22.0,>=0.21.0."""


def relabelled(name: str, text: str) -> str:
    """The text of a file of the package, with the other name where something looks for it."""
    if name.endswith(".py"):
        text = re.sub(rf"(?m)^(\s*(?:import|from)) {OLD}\b", rf"\1 {NEW}", text)
        return re.sub(rf"""(["']){OLD}(?=[.@"'])""", rf"\1{NEW}", text)
    if name.endswith(".js"):  # what jsii knows of a class at run time
        return text.replace(f'fqn: "{OLD}.', f'fqn: "{NEW}.')
    if name == "package/package.json":
        return json.dumps(json.loads(text) | {"name": NEW})
    if name == "package/.jsii":
        return re.sub(rf'"{OLD}(?=[."])', f'"{NEW}', text)
    return text


def relabel(source: Path, version: str) -> Path:
    """Copy the package, with its npm package; return the folder. The same bytes each time.

    Args:
        source: The folder of `cdktn` in `site-packages`.
        version: Its version.

    Raises:
        FutureError: Nothing in it has the name, so that the copy would be of no use.
    """
    target = source.with_name(NEW)
    shutil.rmtree(target, ignore_errors=True)
    archives = 0
    for path in sorted(source.rglob("*")):
        if path.is_dir() or "__pycache__" in path.parts:
            continue
        copy = target / path.relative_to(source).with_name(path.name.replace(f"{OLD}@", f"{NEW}@"))
        copy.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".tgz":
            archives += _relabel_archive(path, copy)
        elif path.suffix == ".py":
            copy.write_text(relabelled(path.name, path.read_text(encoding="utf-8")), encoding="utf-8")
        else:
            shutil.copy2(path, copy)
    if archives != 1:
        message = (
            f"{source} has {archives} npm packages with types named {OLD}; it must be 1. "
            "This version of it is built otherwise: adapt future/relabel.py, or pin the version before."
        )
        raise FutureError(message)
    for old in source.parent.glob(f"{NEW}-*.dist-info"):
        shutil.rmtree(old)
    label = f"{ASKED_FOR}+{OLD}.{version}"
    info = source.with_name(f"{NEW}-{label}.dist-info")
    info.mkdir()
    info.joinpath("METADATA").write_text(f"Metadata-Version: 2.1\nName: {NEW}\nVersion: {label}\n", encoding="utf-8")
    return target


def _relabel_archive(source: Path, target: Path) -> bool:
    """Rewrite a .tgz; whether it describes types of the old name."""
    found = False
    with (
        tarfile.open(source) as old,
        target.open("wb") as raw,
        gzip.GzipFile("", "wb", mtime=0, fileobj=raw) as zipped,
        tarfile.open(fileobj=zipped, mode="w") as new,
    ):
        for member in old:
            file = old.extractfile(member)
            data = file.read() if file else b""
            if "/node_modules/" not in member.name and member.name.endswith((".js", ".jsii", "package.json")):
                text = relabelled(member.name, data.decode())
                found = found or (member.name == "package/.jsii" and text.encode() != data)
                data = text.encode()
            member.size = len(data)
            new.addfile(member, io.BytesIO(data))
    return found


def main() -> int:
    """Relabel the package of this environment."""
    spec = importlib.util.find_spec(OLD)
    if spec is None or spec.origin is None:
        print(f"{OLD} is not installed here: {sys.prefix}.", file=sys.stderr)
        return 2
    try:
        relabel(Path(spec.origin).parent, importlib.metadata.version(OLD))
    except FutureError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    program.run_alone(main, module="future.relabel", description=__doc__)
