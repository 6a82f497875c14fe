"""A function's zip has the same bytes on every machine, and all that its code imports."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pytest

from modules.data.database_roles import DRIVERS
from modules.errors import WiringError
from modules.function_code import function_code, zip_files
from tests.template import new_stack

LAMBDAS: Final = Path(__file__).parents[2] / "lambdas"
# Lambda's runtime has boto3 and what it needs: https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html
RUNTIME: Final = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3")


def code(folder: str, *, others: dict[str, str] | None = None, packages: tuple[str, ...] = ()) -> tuple[bytes, str]:
    return function_code(new_stack(), folder, others=others or {}, packages=packages)


def names_in(content: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.namelist()


def test_the_zip_has_the_files_and_depends_on_nothing_else() -> None:
    files = {"b": b"second", "a": b"first"}
    assert zip_files(files) == zip_files(dict(reversed(files.items())))
    with zipfile.ZipFile(io.BytesIO(zip_files(files))) as archive:
        assert archive.namelist() == ["a", "b"]
        assert archive.read("b") == b"second"


def test_a_folder_with_one_file_is_a_module_and_one_with_more_a_package() -> None:
    content, entry_point = code("jwt_rotation")
    assert (names_in(content), entry_point) == (["handler.py"], "handler.handler")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.read("handler.py") == (LAMBDAS / "jwt_rotation" / "handler.py").read_bytes()
    content, entry_point = code("sleep_schedule", others={"settings.json": "{}"})
    names = {"sleep_schedule/__init__.py", "sleep_schedule/handler.py", "sleep_schedule/settings.json"}
    assert names < set(names_in(content))
    assert entry_point == "sleep_schedule.handler.handler"


@pytest.mark.parametrize("engine", DRIVERS)
def test_packages_are_beside_the_code_as_text_only_and_the_same_each_time(engine: str) -> None:
    content, entry_point = code("database_roles", others={"settings.json": "{}"}, packages=DRIVERS[engine])
    assert (content, entry_point) == code("database_roles", others={"settings.json": "{}"}, packages=DRIVERS[engine])
    names = names_in(content)
    assert len(names) == len(set(names))
    assert {"database_roles/handler.py", f"{DRIVERS[engine][0]}/__init__.py"} < set(names)
    assert {Path(name).suffix or Path(name).name for name in names} <= {".py", ".json", "METADATA"}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry.external_attr for entry in archive.infolist()} == {0o644 << 16}
        assert archive.testzip() is None


def test_a_module_that_was_imported_before_is_packaged_alone() -> None:
    """The module `six` says that it is a package, without a file, once it has been imported."""
    assert import_module("six").__spec__ is not None
    names = names_in(code("database_roles", packages=("six",))[0])
    assert [name for name in names if not name.startswith("database_roles/")] == ["six.py"]


@pytest.mark.parametrize("engine", DRIVERS)
def test_the_zip_can_be_imported_where_only_lambdas_own_packages_are(engine: str, tmp_path: Path) -> None:
    content, _ = code("database_roles", packages=DRIVERS[engine])
    zipped, runtime = tmp_path / "function.zip", tmp_path / "runtime"
    zipped.write_bytes(content)
    runtime.mkdir()
    for package in RUNTIME:
        spec = find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        source = Path(spec.origin)
        source = source.parent if source.name == "__init__.py" else source
        (runtime / source.name).symlink_to(source)
    program = (
        f"import sys; sys.path[:0] = [{str(zipped)!r}, {str(runtime)!r}]\n"
        f"import database_roles.handler, database_roles.{engine}, {', '.join(DRIVERS[engine])}\n"
        f"print({DRIVERS[engine][0]}.__file__)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(zipped))


def test_a_package_that_is_not_installed_is_named() -> None:
    with pytest.raises(WiringError, match="no_such_driver: not installed here; run 'make setup'"):
        code("database_roles", packages=("six", "no_such_driver"))
