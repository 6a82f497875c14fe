"""`python -m hcl`: what it prints, what it keeps, and each mistake as a line with what to do."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from hcl import schema_file, write
from hcl.__main__ import main
from runner.executable import Executable
from tests.hcl.acme import REGISTRY, SCHEMAS
from tests.outputs import identity, write_stack
from tests.synthesis.written import put, tree

if TYPE_CHECKING:
    from pathlib import Path

FAKE = Executable(("terraform",), "1.11.4", "linux_amd64")


@pytest.fixture(autouse=True)
def _acme(monkeypatch: pytest.MonkeyPatch) -> None:
    """Terraform is not asked: the schemas are those of the tests, and nothing is formatted."""
    monkeypatch.setattr(write, "load_schemas", lambda _required: (FAKE, SCHEMAS))
    monkeypatch.setattr(write, "run", lambda *_arguments: "")


def stack(folder: Path, name: str = "state", environment: str = "dev", **document: Any) -> Path:
    content = {
        "//": {"metadata": identity(environment=environment, layer=name, name=name)},
        "terraform": {"required_providers": {"acme": {"source": "acme/acme", "version": "1.0.0"}}},
        "resource": {"acme_thing": {"x": {"name": "x"}}},
        **document,
    }
    return write_stack(folder, f"{environment}-{name}", document=content, environment=environment)


def failure(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 2, printed.err
    return printed.err


def test_it_prints_where_the_hcl_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stack(tmp_path)
    stack(tmp_path, "network")
    stack(tmp_path, environment="prod")
    assert main(["--output", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["environment", "stacks", "resources", "one", "graph", "of", "all"]
    assert lines[1].split() == ["dev", "2", "2", f"{tmp_path}/hcl/dev/"]
    assert lines[2].split() == ["prod", "1", "1", f"{tmp_path}/hcl/prod/"]
    assert {path.name for path in (tmp_path / "hcl").iterdir()} == {
        "dev",
        "dev-state",
        "dev-network",
        "prod",
        "prod-state",
    }
    assert 'resource "acme_thing" "network_x"' in (tmp_path / "hcl/dev/network.tf").read_text(encoding="utf-8")


def test_only_what_was_written_before_is_replaced(tmp_path: Path) -> None:
    network = stack(tmp_path, "network")
    stack(tmp_path)
    put(network / "lambdas/a.zip")
    assert main(["--output", str(tmp_path)]) == 0
    for name in ("dev-state", "dev-network"):
        put(tmp_path / "hcl" / name / ".terraform/x")
        put(tmp_path / "hcl" / name / "own.tf")
    (tmp_path / "stacks/dev-state/cdk.tf.json").write_text(
        json.dumps({"//": {"metadata": identity(layer="state", name="state")}, "locals": {"a": 1}}), encoding="utf-8"
    )
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    del manifest["stacks"]["dev-network"]
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert tree(tmp_path / "hcl/dev-network").keys() == {
        "main.tf",
        "terraform.tf",
        "lambdas/a.zip",
        ".terraform/x",
        "own.tf",
    }
    assert main(["--output", str(tmp_path)]) == 0
    assert tree(tmp_path / "hcl/dev-network").keys() == {".terraform/x", "own.tf"}
    assert tree(tmp_path / "hcl/dev-state").keys() == {"locals.tf", ".terraform/x", "own.tf"}
    assert not (tmp_path / "hcl/dev/network.tf").exists()


def test_a_stack_whose_name_is_a_file_of_the_graph(tmp_path: Path) -> None:
    stack(tmp_path, "terraform")
    assert main(["--output", str(tmp_path)]) == 0
    assert "required_providers" in (tmp_path / "hcl/dev/terraform.tf").read_text(encoding="utf-8")
    assert "acme_thing" in (tmp_path / "hcl/dev/terraform_.tf").read_text(encoding="utf-8")


def test_no_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "Run `make synth` first." in failure(["--output", str(tmp_path)], capsys)


def test_an_environment_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stack(tmp_path)
    error = failure(["pord", "--output", str(tmp_path)], capsys)
    assert error.startswith("The synthesized output has no environment 'pord'. It has: dev.\n")
    assert not (tmp_path / "hcl").exists()


def test_json_that_cannot_be_parsed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (stack(tmp_path) / "cdk.tf.json").write_text('{"resource": ', encoding="utf-8")
    assert "cdk.tf.json cannot be read: Expecting value" in failure(["--output", str(tmp_path)], capsys)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"resource": {"acme_other": {"x": {}}}}, "acme_other.x: registry.terraform.io/acme/acme does not have the"),
        (
            {"resource": {"acme_thing": []}, "data": {"acme_thing": {"x": 3}}},
            "resource.acme_thing must be an object",
        ),
        ({"output": {"a": {"value": "${"}}}, "a sequence is not closed"),
        ({"locals": {"a": {"b": "${"}}}, "a sequence is not closed"),
    ],
)
def test_what_is_not_valid_loses_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], document: dict[str, Any], message: str
) -> None:
    folder = stack(tmp_path)
    assert main(["--output", str(tmp_path)]) == 0
    before = tree(tmp_path / "hcl")
    shutil.rmtree(folder)
    stack(tmp_path, **document)
    capsys.readouterr()
    assert message in failure(["--output", str(tmp_path)], capsys)
    assert tree(tmp_path / "hcl") == before


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_place_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str], place: str) -> None:
    stack(tmp_path)
    put(tmp_path / "file")
    error = failure(["--output", str(tmp_path), "--to", str(tmp_path / place)], capsys)
    assert "cannot be written" in error
    assert "--to" in error
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    "file", ["dev-state/main.tf", "dev/state.tf", "dev-state/lambdas/mine.py", "dev/addresses.json"]
)
def test_what_a_person_wrote_is_not_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str], file: str) -> None:
    put(stack(tmp_path) / "lambdas/a.zip")
    put(tmp_path / "hcl" / file)
    error = failure(["--output", str(tmp_path)], capsys)
    assert " was not written by `make hcl`, which needs that name.\nNothing was written: " in error
    assert tree(tmp_path / "hcl") == {file: "mine"}


def test_a_stack_with_the_name_of_an_environment(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stack(tmp_path, "b", environment="a")
    stack(tmp_path, "c", environment="a-b")
    assert failure(["--output", str(tmp_path)], capsys).startswith("a-b is the name of a stack and of an environment")
    assert main(["a-b", "--output", str(tmp_path), "--to", str(tmp_path / "other")]) == 0


def test_a_machine_without_terraform(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        write, "load_schemas", lambda required: schema_file.load_schemas(required, work=tmp_path / "w", environ={})
    )
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    monkeypatch.setattr("shutil.which", lambda *_arguments, **_options: None)
    stack(tmp_path)
    assert "There is no Terraform on this machine." in failure(["--output", str(tmp_path)], capsys)


def test_a_cache_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path / "work")
    monkeypatch.setattr(
        write, "load_schemas", lambda required: schema_file.load_schemas(required, work=tmp_path / "work", environ={})
    )
    monkeypatch.setattr("runner.executable.find", lambda _environ: FAKE)
    stack(tmp_path)
    assert "cannot be written: " in failure(["--output", str(tmp_path)], capsys)


def test_schemas_are_asked_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    def answer(_terraform: Executable, _folder: Path, arguments: list[str], _variables: object) -> str:
        asked.append(arguments)
        built_in: dict[str, Any] = {"provider": {}, "data_source_schemas": {"terraform_remote_state": {"block": {}}}}
        return json.dumps(
            {"provider_schemas": {"terraform.io/builtin/terraform": built_in, f"{REGISTRY}/acme/acme": {}}}
        )

    monkeypatch.setattr(schema_file, "run", answer)
    monkeypatch.setattr("runner.executable.find", lambda _environ: FAKE)

    def load(version: str) -> None:
        schema_file.load_schemas([("acme/acme", version)], work=tmp_path, environ={})

    load("1.0.0")
    load("1.0.0")
    assert [each[0] for each in asked] == ["init", "providers"]
    load("1.0.1")
    assert len(asked) == 4
    for file in (tmp_path / "schemas").iterdir():  # cut off, as by a full disk
        file.write_text('{"terraform.io', encoding="utf-8")
    load("1.0.1")
    assert len(asked) == 6
    load("~> 1.0")
    load("~> 1.0")  # which version that is can change
    assert len(asked) == 10
