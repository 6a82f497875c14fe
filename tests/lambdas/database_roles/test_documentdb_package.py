"""What the function's package has of MongoDB's driver: two import packages, and of them only the files of Python."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from emulator.databases.documentdb_server import DocumentdbServer
from lambdas.database_roles import documentdb
from tests.emulator.databases.documentdb import MASTER, PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGES: Final = ("bson", "pymongo")

_RUN: Final = """
import json, sys
from pathlib import Path

sys.path.insert(0, sys.argv[1])
from database_roles.database import Server
from database_roles.documentdb import Documentdb
from database_roles.settings import Access, Place, Role, Url

import bson

place = Place(service="parameter", name="")
role = Role(
    name="backend", access=Access.READ_WRITE, audit=(), iam=False, proxied=False, services=(),
    stores={"a": place, "b": place}, url=Url(place=place, template=""),
)
given = json.load(sys.stdin)
database = Documentdb(Server(host="localhost", database="", authorities=Path(sys.argv[1], "authorities.pem"), **given))
with database.lock():
    database.ensure_roles([role])
    database.set_password("backend_a", "the-password-of-a")
signs_in = [database.signs_in("backend_a", password) for password in ("the-password-of-a", "another-password")]
database.close()
files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
print(json.dumps({"extensions": bson.has_c(), "signs in": signs_in, "files": [file for file in files if file]}))
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files at the root of the function's zip."""
    folder = tmp_path_factory.mktemp("package")
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        copy_sources(Path(spec.origin).parent, folder / name)
    copy_sources(Path(documentdb.__file__).parent, folder / "database_roles")
    return folder


def copy_sources(source: Path, target: Path) -> None:
    for file in source.rglob("*.py"):
        copied = target / file.relative_to(source)
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, copied)


@pytest.fixture
def answer(package: Path) -> Iterator[dict[str, Any]]:
    """What a process says that can import only the package and Python's own library."""
    with DocumentdbServer(master=MASTER, password=PASSWORD) as server:
        (package / "authorities.pem").write_text(server.ca_pem, encoding="utf-8")
        given = {"port": server.port, "user": MASTER, "password": PASSWORD}
        command = [sys.executable, "-I", "-S", "-c", _RUN, str(package)]
        ran = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        yield json.loads(ran.stdout)


def test_two_packages_of_python_files_are_enough(package: Path, answer: dict[str, Any]) -> None:
    assert answer["extensions"] is False
    assert answer["signs in"] == [True, False]
    used = {Path(file).relative_to(package).parts[0] for file in answer["files"] if Path(file).is_relative_to(package)}
    assert used == {*PACKAGES, "database_roles"}
    assert not [file for file in answer["files"] if "site-packages" in file]
