"""The stub of docker takes the options that docker has, and no others."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from emulator.builds.tools import DOCKER_STUB

if TYPE_CHECKING:
    from pathlib import Path


def docker(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", DOCKER_STUB, *words],
        env={"PATH": os.defpath, "DOCKER_STUB": str(folder), "STUB_TOOL_DIGEST": "sha256:0"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("run --rm --readonly image", "unknown flag: --readonly"),
        ("run -e A image", "unknown flag: -e"),
        ("run --rm=perhaps image", 'invalid argument "perhaps" for "--rm" flag'),
        ("run --env", "flag needs an argument: --env"),
        ("create --detach image none", "unknown flag: --detach"),
        ("buildx build --no-caches --tag a .", "unknown flag: --no-caches"),
        ("buildx imagetools create --prefer-indexes=false --tag a b", "unknown flag: --prefer-indexes"),
        ("pull --silent image", "unknown flag: --silent"),
        ("save --file a image", "unknown flag: --file"),
        ("image inspect --output json image", "unknown flag: --output"),
        ("cp --force a b", "unknown flag: --force"),
        ("rm --all a", "unknown flag: --all"),
        ("login --user AWS host", "unknown flag: --user"),
    ],
)
def test_an_option_that_docker_does_not_have_is_refused(tmp_path: Path, command: str, says: str) -> None:
    done = docker(tmp_path, *command.split())
    assert done.returncode == 125
    assert says in done.stderr


def test_what_follows_the_image_is_of_the_container(tmp_path: Path) -> None:
    (tmp_path / "images" / "sha256:1").mkdir(parents=True)
    done = docker(tmp_path, "run", "--rm", "--entrypoint", sys.executable, "web@sha256:1", "-c", "print('ran')")
    assert (done.returncode, done.stdout) == (0, "ran\n"), done.stderr
