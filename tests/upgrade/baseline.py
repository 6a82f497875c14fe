"""The version that an upgrade starts from, as files: `python -m tests.upgrade.baseline COMMIT` makes them again.

They are what `main.py` of that version wrote. So the test needs neither the history of git nor old dependencies.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from config.load import load_environment
from emulator.zones import id_of_zone
from main import ROOT
from runner.errors import OK, RunnerError
from synthesis.folders import foreign_entries, listed, reason_to_keep
from tests.fixtures import FOLDER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from config.environment import Environment

BASELINE: Final = Path(__file__).with_name("baseline")
ENVIRONMENTS: Final = ("dev", "prod")  # staging has the shape of prod
# The folder, within a checkout, with the environment files that both versions are synthesized from.
SETTINGS: Final = FOLDER.relative_to(ROOT)

_LOCK: Final = Path("requirements/synth.lock")
_COMMIT: Final = "COMMIT"


def settings(environment: str, folder: Path = BASELINE) -> Environment:
    """What the present version is synthesized from.

    A baseline that placed its subnets by the names of zones is upgraded as docs/upgrades.md says: each zone has the id
    that belongs to the name in this account, which is the emulator's, and `formerly`.
    """
    present = load_environment(environment, folder=ROOT / SETTINGS)
    names = _zone_names(folder / environment)
    zones = [
        zone.model_copy(update={"id": id_of_zone(name), "formerly": name})
        if (name := names.get(str(zone.public_cidr)))
        else zone
        for zone in present.network.zones
    ]
    return present.model_copy(update={"network": present.network.model_copy(update={"zones": tuple(zones)})})


def _zone_names(folder: Path) -> dict[str, str]:
    """The name of the zone of each subnet that was placed by a name, by its block."""
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("stacks/*/cdk.tf.json")]
    return {
        subnet["cidr_block"]: subnet["availability_zone"]
        for document in documents
        for subnet in document.get("resource", {}).get("aws_subnet", {}).values()
        if "availability_zone" in subnet
    }


def commit(folder: Path = BASELINE) -> str:
    """The commit that the baseline was made from, for messages."""
    return (folder / _COMMIT).read_text(encoding="utf-8").split()[0][:7]


def protected_types(folder: Path = BASELINE) -> set[str]:
    """Types of the resources that the baseline forbids Terraform to destroy, in any environment."""
    found = set()
    for path in folder.glob("*/stacks/*/cdk.tf.json"):
        for type_, named in json.loads(path.read_text(encoding="utf-8")).get("resource", {}).items():
            if any(resource.get("lifecycle", {}).get("prevent_destroy") for resource in named.values()):
                found.add(type_)
    return found


def make(revision: str, folder: Path = BASELINE, *, checkout: Path = ROOT, python: str = "") -> str:
    """Synthesize a commit of `checkout` into `folder`; return what was written into its file COMMIT.

    Args:
        revision: A commit, a tag or a branch.
        python: The interpreter that has the dependencies of that commit; without one, this interpreter is taken, if
            the commit was locked to the same versions.

    Raises:
        RunnerError: The commit does not exist or cannot be synthesized, or the folder is not a baseline; it is then as
            it was.
    """
    _require_baseline(folder)
    wanted = _git(checkout, "show", "-s", "--format=%H %cs", f"{revision}^{{commit}}").strip()
    with tempfile.TemporaryDirectory(prefix="baseline-") as temporary:
        tree, synthesized, archive = (Path(temporary, part) for part in ("tree", "synthesized", "tree.zip"))
        _git(checkout, "archive", f"--output={archive}", wanted.split()[0])
        shutil.unpack_archive(archive, tree)
        if not python:
            _require_same_dependencies(tree, checkout, revision)
        _settle(tree, checkout)
        for name in ENVIRONMENTS:
            _run([python or sys.executable, "main.py", name, "--output", str(synthesized / name)], tree, revision)
        shutil.rmtree(folder, ignore_errors=True)
        for name in ENVIRONMENTS:
            shutil.copytree(synthesized / name, folder / name)
        (folder / _COMMIT).write_text(f"{wanted}\n", encoding="utf-8")
    return wanted


def _require_baseline(folder: Path) -> None:
    """Refuse a folder that holds anything but a baseline, because it is replaced as a whole."""
    path = folder.resolve()
    problem = reason_to_keep(path)
    if not problem and path.exists():
        made = {*ENVIRONMENTS, _COMMIT} if (path / _COMMIT).is_file() else set()
        foreign = foreign_entries(path, made) if path.is_dir() else [path.name]
        problem = f"holds files of others ({listed(foreign)})" if foreign else None
    if problem:
        message = f"{folder} cannot be the folder of the baseline: it {problem}."
        raise RunnerError(message, "Name a folder that is absent, is empty or holds a baseline.")


def _require_same_dependencies(tree: Path, checkout: Path, revision: str) -> None:
    if (tree / _LOCK).read_bytes() != (checkout / _LOCK).read_bytes():
        message = f"{_LOCK} of {revision} differs from the one of this checkout, so its output could differ as well."
        raise RunnerError(
            message,
            f"Check {revision} out elsewhere, run `make setup` there, and add --python with the path of its "
            ".venv/bin/python.",
        )


def _settle(tree: Path, checkout: Path) -> None:
    """Put the environment files where `main.py` looks for them: the commit's own, or where it has none, today's."""
    source = tree / SETTINGS if (tree / SETTINGS).is_dir() else checkout / SETTINGS
    target = tree / "environments"
    if source != target:
        shutil.copytree(source, target, dirs_exist_ok=True)


def _git(checkout: Path, *arguments: str) -> str:
    command = ["git", "-C", str(checkout), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except FileNotFoundError as error:
        message = "git is not on PATH."
        raise RunnerError(message, "Install it: the baseline is made from a commit.") from error
    except subprocess.CalledProcessError as error:
        message = f"git {' '.join(arguments)} failed: {error.stderr.strip()}"
        raise RunnerError(message, "Give a commit or a tag that this clone has (`git fetch --tags`).") from error
    return done.stdout


def _run(command: Sequence[str], tree: Path, revision: str) -> None:
    environ = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "CDKTF_OUTDIR"}}
    done = subprocess.run(list(command), cwd=tree, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        message = f"main.py of {revision} failed: {done.stderr.strip() or done.stdout.strip()}"
        raise RunnerError(message, "Choose a commit whose `make synth` succeeds.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the baseline from a commit; return the process's exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.upgrade.baseline", description=main.__doc__)
    parser.add_argument("commit", help="the version that is in use: a commit or a tag")
    parser.add_argument("--python", default="", help="an interpreter with that version's dependencies (default: this)")
    options = parser.parse_args(arguments)
    try:
        made = make(options.commit, python=options.python)
    except RunnerError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    print(f"{os.path.relpath(BASELINE)} is {made} now: {', '.join(ENVIRONMENTS)}.")
    print("Next, bring the lists of changes up to date: UPDATE_SNAPSHOTS=1 python -m pytest -m emulator tests/upgrade")
    return OK


if __name__ == "__main__":
    sys.exit(main())
