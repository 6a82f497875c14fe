"""The zip of a Lambda function: its own files, and the Python packages that it imports besides what Lambda has."""

from __future__ import annotations

import io
import zipfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cdktf import App, TerraformStack

from modules.errors import WiringError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs import Construct

_LAMBDAS: Final = Path(__file__).parent.parent / "lambdas"
_FOLDER: Final = "lambdas"
_HANDLER: Final = "handler.py"
_PACKAGE: Final = "__init__.py"
# The earliest time that a zip file can have; any constant would do.
_TIME: Final = (1980, 1, 1, 0, 0, 0)
_READABLE: Final = 0o644
_UNIX: Final = 3


def zip_files(files: Mapping[str, bytes]) -> bytes:
    """A zip of files, whose bytes depend only on the files: no time, no owner, no compression library."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        _add_files(archive, files)
    return buffer.getvalue()


def write_code(scope: Construct, file: str, content: bytes) -> str:
    """Write code beside the JSON of the stack that `scope` is in, and return its path relative to that."""
    path = f"{_FOLDER}/{file}"
    target = Path(App.of(scope).outdir, "stacks", TerraformStack.of(scope).node.id, path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return path


def function_code(
    owner: Construct, folder: str, *, others: Mapping[str, str], packages: Sequence[str]
) -> tuple[bytes, str]:
    """The zip of a function, and the name of its entry point: one file is a module, several are a package.

    Args:
        owner: Whom the error names.
        folder: The folder of its code in `lambdas/`.
        others: The text of other files beside the code, by name.
        packages: What can be imported besides, by name; each is installed here, from the lock.

    Raises:
        WiringError: A package is not installed.
    """
    files = {source.name: source.read_bytes() for source in (_LAMBDAS / folder).glob("*.py")}
    if files.keys() == {_PACKAGE, _HANDLER} and not others and not packages:
        return zip_files({_HANDLER: files[_HANDLER]}), "handler.handler"
    files |= {name: text.encode() for name, text in others.items()}
    own = {f"{folder}/{name}": content for name, content in files.items()}
    entry_point = f"{folder}.handler.handler"
    if not packages:
        return zip_files(own), entry_point
    if missing := [package for package in packages if find_spec(package) is None]:
        raise WiringError(owner, f"{', '.join(missing)}: not installed here; run 'make setup', which uses the lock")
    buffer = io.BytesIO()
    buffer.write(_zipped_packages(tuple(packages)))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_STORED) as archive:
        _add_files(archive, own)
    return buffer.getvalue(), entry_point


def _add_files(archive: zipfile.ZipFile, files: Mapping[str, bytes]) -> None:
    for name, content in sorted(files.items()):
        entry = zipfile.ZipInfo(name, _TIME)
        entry.create_system = _UNIX
        entry.external_attr = _READABLE << 16
        archive.writestr(entry, content)


@cache
def _zipped_packages(packages: tuple[str, ...]) -> bytes:
    """A zip of the Python files of packages, the same for every environment.

    Only these: compiled extensions are for this machine and not for Lambda's, and each package works without. Some ask
    for their own version when they are imported, so what is in METADATA is there too.
    """
    return zip_files({name: path.read_bytes() for package in packages for name, path in _sources(package)})


def _sources(package: str) -> Iterator[tuple[str, Path]]:
    """The files of one package, each with its path in the zip."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return
    origin = Path(spec.origin)
    if origin.name != _PACKAGE:
        yield origin.name, origin
        return
    installed = origin.parent.parent
    metadata = installed.glob(f"{package}-*.dist-info/METADATA")
    for path in (*origin.parent.rglob("*.py"), *metadata):
        yield path.relative_to(installed).as_posix(), path
