"""The commands of the page, as a rehearsal runs them: `make` takes them, and asks nothing."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING, Final

import pytest

from acceptance.region_loss.__main__ import PAGE, install_make
from main import ROOT

if TYPE_CHECKING:
    from pathlib import Path

PLACES: Final = {"ENV": "prod", "FIRST": "us-east-1", "SECOND": "us-west-2"}
COMMANDS: Final = sorted({*re.findall(r"^ *(make .+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)})
BOOTSTRAP: Final = "make bootstrap ENV=$ENV"


def test_the_page_applies_and_destroys() -> None:
    assert {"apply", "destroy", "plan"} <= {command.split()[1] for command in COMMANDS}


@pytest.mark.parametrize("command", [*COMMANDS, BOOTSTRAP])
def test_make_takes_it_and_asks_nothing(command: str, tmp_path: Path) -> None:
    install_make(tmp_path)
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    shown = subprocess.run(
        ["sh", "-c", command.replace("make ", "make -n ", 1)],  # noqa: S607
        cwd=ROOT,
        env={**environ, **PLACES, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 0, shown.stderr
    assert ("--yes" in shown.stdout) == (command.split()[1] in {"apply", "destroy", "bootstrap"})
    if command == BOOTSTRAP:
        assert "preflight" not in shown.stdout.replace("preflight.stamp", "").replace("preflight.lock", "")
