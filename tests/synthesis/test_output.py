"""The output folder is replaced completely, and files of other programs are kept."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from synthesis.output import replacing
from tests.synthesis.written import counts, names, synthesize, write

if TYPE_CHECKING:
    from pathlib import Path


def test_the_first_run_creates_the_folder(tmp_path: Path) -> None:
    synthesize(tmp_path / "a" / "out", "dev", "state", "network", resources=3)
    assert counts(tmp_path / "a" / "out") == {"dev-state": 3, "dev-network": 3}


def test_an_error_leaves_the_last_good_output(tmp_path: Path) -> None:
    output = tmp_path / "out"
    synthesize(output, "dev", "state")
    before = (output / "manifest.json").read_text(encoding="utf-8")

    def fail() -> None:
        with replacing(output, environments=("dev",)) as folder:
            write(folder, "dev", "state", "network")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert (output / "manifest.json").read_text(encoding="utf-8") == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [".out.lock", "out"]


def test_one_environment_keeps_the_stacks_of_the_others(tmp_path: Path) -> None:
    output = tmp_path / "out"
    synthesize(output, "dev", "state", resources=1)
    synthesize(output, "prod", "state", resources=2)
    synthesize(output, "dev", "state", resources=3)
    assert counts(output) == {"dev-state": 3, "prod-state": 2}


def test_an_environment_whose_name_starts_like_another_is_not_confused_with_it(tmp_path: Path) -> None:
    output = tmp_path / "out"
    synthesize(output, "dev-two", "state")
    synthesize(output, "dev", "state")
    assert sorted(names(output)) == ["dev-state", "dev-two-state"]


def test_a_removed_layer_disappears(tmp_path: Path) -> None:
    output = tmp_path / "out"
    synthesize(output, "dev", "state", "network")
    synthesize(output, "dev", "state")
    assert names(output) == ["dev-state"]
    assert [path.name for path in (output / "stacks").iterdir()] == ["dev-state"]


def test_what_terraform_put_beside_a_stack_is_kept(tmp_path: Path) -> None:
    output = tmp_path / "out"
    synthesize(output, "dev", "state")
    stack = output / "stacks" / "dev-state"
    (stack / ".terraform").mkdir()
    (stack / ".terraform" / "environment").write_text("default", encoding="utf-8")
    synthesize(output, "dev", "state")
    assert (stack / ".terraform" / "environment").read_text(encoding="utf-8") == "default"


@pytest.mark.parametrize("moved_in", [False, True])
def test_a_swap_that_was_killed_is_finished_by_the_next_run(tmp_path: Path, *, moved_in: bool) -> None:
    output, old = tmp_path / "out", tmp_path / ".out.old"
    synthesize(output, "dev", "state")
    (output / "stacks" / "dev-state" / ".terraform.lock.hcl").write_text("lock", encoding="utf-8")
    output.rename(old)
    if moved_in:
        output.mkdir()
        write(output, "dev", "state")
    synthesize(output, "prod", "state")
    assert sorted(names(output)) == ["dev-state", "prod-state"]
    assert not old.exists()


def test_parallel_runs_keep_the_output_of_each_other(tmp_path: Path) -> None:
    output = tmp_path / "out"
    runs = [threading.Thread(target=synthesize, args=(output, f"env{n}", "state")) for n in range(8)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert len(names(output)) == len(runs)


def test_output_that_cannot_be_read_is_replaced(tmp_path: Path) -> None:
    output = tmp_path / "out"
    synthesize(output, "prod", "state")
    (output / "manifest.json").write_text("{", encoding="utf-8")
    synthesize(output, "dev", "state")
    assert names(output) == ["dev-state"]
