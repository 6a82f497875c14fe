from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from runner.errors import RunnerError
from synthesis.manifest import of_environment, read_stacks
from synthesis.stack_order import in_order
from synthesis.stateful import STATEFUL
from tests.upgrade import baseline
from tests.upgrade.changes import EXPECTED, ExpectedChanges

# Writes what it was told, with the number that the version has, as main.py writes a stack.
MAIN = """
import pathlib, sys
name, _, output = sys.argv[1:]
setting = pathlib.Path("environments", f"{name}.toml").read_text()
pathlib.Path(output).mkdir(parents=True)
pathlib.Path(output, "manifest.json").write_text(f"version NUMBER of {name} with {setting}")
"""


def git(checkout: Path, *arguments: str) -> None:
    settings = ("user.name=any", "user.email=any@example.com", "commit.gpgsign=false", f"core.hooksPath={os.devnull}")
    options = [part for setting in settings for part in ("-c", setting)]
    subprocess.run(["git", "-C", str(checkout), *options, *arguments], check=True, capture_output=True)  # noqa: S607


def commit(checkout: Path, files: dict[str, str], tag: str) -> None:
    for name, content in files.items():
        (checkout / name).parent.mkdir(exist_ok=True)
        (checkout / name).write_text(content)
    git(checkout, "add", "--all")
    git(checkout, "commit", "--message", tag)
    git(checkout, "tag", tag)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of two versions."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)  # of a hook that runs the tests: they lead to its repository
    monkeypatch.setattr(baseline, "SETTINGS", Path("environments"))
    checkout: Path = tmp_path / "checkout"
    checkout.mkdir()
    git(checkout, "init")
    files = {"environments/dev.toml": "size 1", "environments/prod.toml": "size 2", "requirements/synth.lock": "a==1"}
    commit(checkout, {**files, "main.py": MAIN.replace("NUMBER", "1")}, "v1")
    commit(checkout, {"main.py": MAIN.replace("NUMBER", "2"), "environments/dev.toml": "size 3"}, "v2")
    return checkout


def test_a_version_is_synthesized_from_its_own_files(checkout: Path, tmp_path: Path) -> None:
    folder = tmp_path / "baseline"
    baseline.make("v2", folder, checkout=checkout)
    written = baseline.make("v1", folder, checkout=checkout)
    assert (folder / "dev/manifest.json").read_text() == "version 1 of dev with size 1"
    assert (folder / "prod/manifest.json").read_text() == "version 1 of prod with size 2"
    assert sorted(path.name for path in folder.iterdir()) == ["COMMIT", "dev", "prod"]
    assert written.startswith(baseline.commit(folder))


def test_a_version_before_the_folder_of_settings_takes_those_of_today(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (checkout / "fixtures").mkdir()
    (checkout / "fixtures/dev.toml").write_text("size 9")
    monkeypatch.setattr(baseline, "SETTINGS", Path("fixtures"))
    baseline.make("v1", tmp_path / "baseline", checkout=checkout)
    assert (tmp_path / "baseline/dev/manifest.json").read_text() == "version 1 of dev with size 9"


def test_a_version_that_does_not_exist_leaves_the_baseline(checkout: Path, tmp_path: Path) -> None:
    baseline.make("v1", tmp_path / "baseline", checkout=checkout)
    with pytest.raises(RunnerError, match=r"(?s)git show .* failed: .*v3.*Give a commit or a tag that this clone has"):
        baseline.make("v3", tmp_path / "baseline", checkout=checkout)
    assert (tmp_path / "baseline/dev/manifest.json").is_file()


def test_a_version_that_cannot_be_synthesized_leaves_the_baseline(checkout: Path, tmp_path: Path) -> None:
    baseline.make("v1", tmp_path / "baseline", checkout=checkout)
    commit(checkout, {"main.py": "raise SystemExit('no such setting')"}, "v3")
    with pytest.raises(RunnerError, match=r"main\.py of v3 failed: no such setting"):
        baseline.make("v3", tmp_path / "baseline", checkout=checkout)
    assert (tmp_path / "baseline/dev/manifest.json").is_file()


@pytest.mark.parametrize("file", ["main.tf", "dev/main.tf"])
def test_a_folder_that_is_not_a_baseline_is_never_replaced(checkout: Path, tmp_path: Path, file: str) -> None:
    mine = tmp_path / "mine" / file
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    with pytest.raises(RunnerError, match=r"mine cannot be the folder of the baseline: it holds files of others \(\w"):
        baseline.make("v1", tmp_path / "mine", checkout=checkout)
    assert mine.read_text() == "mine"


def test_other_dependencies_need_an_interpreter_that_has_them(checkout: Path, tmp_path: Path) -> None:
    (checkout / "requirements/synth.lock").write_text("a==2")
    with pytest.raises(RunnerError, match=r"(?s)requirements/synth\.lock of v1 differs.*add --python"):
        baseline.make("v1", tmp_path / "baseline", checkout=checkout)
    baseline.make("v1", tmp_path / "baseline", checkout=checkout, python=sys.executable)
    assert (tmp_path / "baseline/dev/manifest.json").is_file()


def test_an_error_is_told_by_its_message_and_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert baseline.main(["no-such-version"]) == 2
    assert "Give a commit or a tag" in capsys.readouterr().err


@pytest.mark.parametrize("environment", baseline.ENVIRONMENTS)
def test_the_committed_baseline_is_whole(environment: str) -> None:
    folder = baseline.BASELINE / environment
    stacks = in_order(of_environment(read_stacks(folder), environment))
    assert len(stacks) >= 7
    for stack in stacks:
        functions = stack.document["resource"].get("aws_lambda_function", {}).values()
        assert all((stack.folder / function["filename"]).is_file() for function in functions), stack.id
    assert json.loads((folder / "manifest.json").read_text())["stacks"].keys() == {stack.id for stack in stacks}


@pytest.mark.parametrize("environment", baseline.ENVIRONMENTS)
def test_the_committed_list_allows_nothing_that_is_never_allowed(environment: str) -> None:
    types = {*STATEFUL, *baseline.protected_types()}
    listed = ExpectedChanges.read(EXPECTED / f"{environment}.txt").whys
    assert [change for change in listed if change.destroys_any_of(types)] == []


def test_types_that_the_baseline_protects_in_one_environment_count_in_all(tmp_path: Path) -> None:
    protected = {"lifecycle": {"prevent_destroy": True}}
    for stack, zone in (("dev-domain", {}), ("prod-domain", protected)):
        folder = tmp_path / stack.partition("-")[0] / "stacks" / stack
        folder.mkdir(parents=True)
        resources = {"aws_route53_zone": {"zone": zone}, "aws_route53_record": {"any": {}}}
        (folder / "cdk.tf.json").write_text(json.dumps({"resource": resources}))
    assert baseline.protected_types(tmp_path) == {"aws_route53_zone"}


def with_subnet(folder: Path, **place: str) -> Path:
    """A baseline with one subnet of dev."""
    stack = folder / "dev/stacks/dev-network"
    stack.mkdir(parents=True)
    document = {"resource": {"aws_subnet": {"one": {"cidr_block": "10.2.1.0/24", **place}}}}
    (stack / "cdk.tf.json").write_text(json.dumps(document))
    return folder


def test_names_of_zones_are_upgraded_to_the_ids_that_they_have_in_the_emulator(tmp_path: Path) -> None:
    zones = baseline.settings("dev", with_subnet(tmp_path, availability_zone="us-east-1a")).network.zones
    assert [(zone.id, zone.formerly) for zone in zones] == [("use1-az6", "us-east-1a"), ("use1-az2", None)]


def test_a_baseline_with_ids_is_upgraded_with_the_settings_as_they_are(tmp_path: Path) -> None:
    zones = baseline.settings("dev", with_subnet(tmp_path, availability_zone_id="use1-az1")).network.zones
    assert [(zone.id, zone.formerly) for zone in zones] == [("use1-az1", None), ("use1-az2", None)]
