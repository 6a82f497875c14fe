"""The pages in docs/runbooks/ are those of the environments in environments/."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from config.load import environment_names, load_environments
from main import ROOT, synthesize
from runbooks.__main__ import rendered

if TYPE_CHECKING:
    from pathlib import Path

FOLDER: Final = ROOT / "docs" / "runbooks"


@pytest.mark.seconds(15)
def test_the_committed_pages_are_those_of_the_environments(tmp_path: Path) -> None:
    """But for an environment whose account is another one: its owner has not run `make runbooks` yet."""
    environments, wrong = load_environments(environment_names(ROOT / "environments"), folder=ROOT / "environments")
    assert wrong == []
    synthesize(environments, tmp_path / "out")
    wanted = rendered(tmp_path / "out")
    committed = {path.relative_to(FOLDER).as_posix(): path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.md")}
    held = [one for one in environments if one.account_id in committed.get(f"{one.name}/README.md", "")]
    for environment in held:
        here = f"{environment.name}/"
        new, old = ({k: v for k, v in files.items() if k.startswith(here)} for files in (wanted, committed))
        differing = sorted(name for name in new.keys() | old.keys() if new.get(name) != old.get(name))
        assert differing == [], "run 'make runbooks' and read the diff of docs/runbooks/"
    if len(held) == len(environments):
        assert committed["README.md"] == wanted["README.md"], "run 'make runbooks'"
