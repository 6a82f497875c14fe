"""The output of a synthesis: a line per stack, or a line per mistake."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.fixtures import copy_program, run_python

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the program with environment files that a test may change."""
    copy_program(tmp_path)
    return tmp_path


def run(checkout: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return run_python(checkout, "main.py", *arguments, environment=environment)


def test_each_stack_gets_a_line_and_the_next_step_is_printed(checkout: Path) -> None:
    result = run(checkout, "prod")
    assert (result.returncode, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["stack", "resources", "path"]
    name, resources, path = next(line.split() for line in lines if line.startswith("prod-network"))
    assert (checkout / path).is_file()
    document = json.loads((checkout / path).read_text(encoding="utf-8"))
    assert int(resources) == sum(len(named) for named in document["resource"].values())
    assert lines[-1].startswith("Next: ")
    assert not any(line.startswith("dev-") for line in lines), name


def test_what_waits_for_the_delegation_is_named(checkout: Path) -> None:
    file = checkout / "environments" / "prod.toml"
    text = file.read_text(encoding="utf-8").replace("delegated = true", "delegated = false")
    file.write_text(text, encoding="utf-8")
    result = run(checkout, "prod")
    assert result.returncode == 0, result.stderr
    left_out = "Left out until [domain] delegated = true in prod.toml (docs/domain.md): prod-service and prod-edge."
    assert left_out in result.stdout.splitlines()
    assert not (checkout / "cdktf.out" / "stacks" / "prod-service").exists()


def test_the_cdktf_command_line_names_the_output_folder(checkout: Path, tmp_path: Path) -> None:
    result = run(checkout, "dev", CDKTF_OUTDIR=str(tmp_path / "elsewhere"))
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "elsewhere" / "stacks" / "dev-network" / "cdk.tf.json").is_file()


@pytest.mark.parametrize(
    ("find", "replace", "message"),
    [
        (
            'region = "us-east-1"',
            'region = "us-east-1"\nregio = 1',
            "regio = 1: unknown setting; did you mean",
        ),
        ("protect_data = true", 'protect_data = "yes"', "protect_data"),
        ('account_id = "333333333333"', 'account_id = "33"', "12 digits"),
        ('public_cidr = "10.0.1.0/24"', 'public_cidr = "10.9.1.0/24"', "network.zones[0].public_cidr"),
        ('public_cidr = "10.0.1.0/24"', 'public_cidr = "10.0.1.1/24"', "10.0.1.0/24"),
        ('public_cidr = "10.0.1.0/24"', 'public_cidr = "10.0.2.0/24"', "overlap"),
        ('id = "use1-az1"', 'id = "euw1-az1"', "network.zones[0].id"),
        ('region = "us-east-1"', 'region = "us-east-9"', "region"),
        ('name = "users.example.com"', 'name = "users_example"', "domain.name"),
        ("min_count = 2", "min_count = 99", "min_count"),
    ],
)
def test_a_mistake_gets_a_line_with_file_key_and_value(checkout: Path, find: str, replace: str, message: str) -> None:
    file = checkout / "environments" / "prod.toml"
    text = file.read_text(encoding="utf-8")
    assert find in text
    file.write_text(text.replace(find, replace, 1), encoding="utf-8")
    result = run(checkout, "prod")
    assert result.returncode == 2
    assert message in result.stderr
    assert result.stderr.startswith("environments/prod.toml: ")
    assert "Traceback" not in result.stderr
    assert not (checkout / "cdktf.out").exists()


def test_two_mistakes_get_two_lines_and_the_last_good_output_stays(checkout: Path) -> None:
    assert run(checkout, "prod").returncode == 0
    written = (checkout / "cdktf.out" / "manifest.json").read_bytes()
    file = checkout / "environments" / "prod.toml"
    text = file.read_text(encoding="utf-8").replace('"use1-az1"', '"usw2-az1"').replace('"333333333333"', '"3"')
    file.write_text(text, encoding="utf-8")
    result = run(checkout, "prod")
    assert result.returncode == 2
    assert "account_id" in result.stderr
    assert "network.zones[0].id" in result.stderr
    assert (checkout / "cdktf.out" / "manifest.json").read_bytes() == written


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "empty"), (b"\xff\xfe\x00\x01", "UTF-8"), (b'region = "us-east-1', "line 1")],
    ids=["empty", "binary", "broken"],
)
def test_a_file_that_is_not_toml_is_reported_in_one_line(checkout: Path, content: bytes, message: str) -> None:
    (checkout / "environments" / "prod.toml").write_bytes(content)
    result = run(checkout, "prod")
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_an_unknown_environment_is_reported_with_those_that_exist(checkout: Path) -> None:
    result = run(checkout, "production")
    assert result.returncode == 2
    assert "dev" in result.stderr
    assert "staging" in result.stderr
    assert "Traceback" not in result.stderr
