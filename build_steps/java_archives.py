"""The packages in the Java archives of an image, as Maven has written their names into them.

Trivy knows archives by a database of several hundred megabytes, and without it ends at the first one, even to read what
is written in it. A build has no network for that: https://github.com/aquasecurity/trivy/issues/3980
"""

from __future__ import annotations

import io
import json
import posixpath
import re
import tarfile
import zipfile
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from build_steps.commands import StepError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENDINGS: Final = (".jar", ".war", ".ear", ".par")
TRIVY_SKIPS: Final = tuple(
    f"**/*.{''.join(f'[{letter}{letter.upper()}]' for letter in ending[1:])}" for ending in ENDINGS
)
"""Patterns of files that Trivy leaves out; it compares the endings of archives without their case."""
_NAMES: Final = re.compile(r"META-INF/maven/[^/]+/[^/]+/pom\.properties")
_MOST_NESTED: Final = 4
_DELETED: Final = ".wh."  # https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts


def java_components(saved: Path) -> list[dict[str, Any]]:
    """The components of CycloneDX for the archives in a file of `docker save`.

    One without names is there as a file: what is in it is not known.

    Raises:
        StepError: It is not such a file.
    """
    found: dict[str, dict[str, Any]] = {}
    try:
        for path, content in _archives(saved).items():
            components = list(_packages(content, nested=0)) or [{"type": "file", "bom-ref": path, "name": path}]
            found |= {str(one["bom-ref"]): one for one in components}
    except (OSError, tarfile.TarError, KeyError, ValueError) as error:
        message = f"{saved.name} is not a valid file of `docker save` ({error!r}); run the build again"
        raise StepError(message) from error
    return list(found.values())


def _archives(saved: Path) -> dict[str, bytes]:
    """The archives that the image has after its last layer."""
    files: dict[str, bytes] = {}
    with tarfile.open(saved) as whole:
        for name in json.loads(_read(whole, "manifest.json"))[0]["Layers"]:
            with tarfile.open(fileobj=whole.extractfile(name)) as layer:
                for member in layer:
                    path = posixpath.normpath(member.name)
                    folder, base = posixpath.split(path)
                    if base.startswith(_DELETED):
                        gone = posixpath.join(folder, base.removeprefix(_DELETED))
                        files = {one: text for one, text in files.items() if not f"{one}/".startswith(f"{gone}/")}
                    elif member.isfile() and base.lower().endswith(ENDINGS):
                        files[path] = _read(layer, member)
    return files


def _read(archive: tarfile.TarFile, member: str | tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    return file.read() if file else b""


def _packages(content: bytes, *, nested: int) -> Iterator[dict[str, Any]]:
    """Those of an archive, and of archives in it."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile:
        return
    with archive:
        for name in archive.namelist():
            if _NAMES.fullmatch(name):
                yield from _package(archive.read(name).decode("utf-8", errors="replace"))
            elif name.lower().endswith(ENDINGS) and nested < _MOST_NESTED:
                yield from _packages(archive.read(name), nested=nested + 1)


def _package(properties: str) -> Iterator[dict[str, Any]]:
    values = {key.strip(): value.strip() for key, _, value in (line.partition("=") for line in properties.splitlines())}
    group, name, version = (values.get(key, "") for key in ("groupId", "artifactId", "version"))
    if group and name and version:
        url = f"pkg:maven/{quote(group)}/{quote(name)}@{quote(version)}"
        yield {"type": "library", "bom-ref": url, "group": group, "name": name, "version": version, "purl": url}
