"""The output folder is replaced completely, and files of other programs are kept."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from synthesis.manifest import OutputError
from synthesis.output import replacing, require_replaceable
from tests.synthesis.written import counts, names, put, synthesize, tree, write

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


@pytest.mark.parametrize("stays", [True, False])
def test_files_of_others_beside_the_code_are_kept(tmp_path: Path, *, stays: bool) -> None:
    output = tmp_path / "out"
    synthesize(output, "prod", "state")
    synthesize(output, "dev", "state", "network")
    for id_ in ("dev-network", "prod-state"):
        put(output / "stacks" / id_ / "lambdas/notes.txt")
        put(output / "stacks" / id_ / "lambdas/old/b.zip")
        put(output / "stacks" / id_ / "lambdas/a.zip")
    for _ in range(2):
        synthesize(output, "dev", *(["state", "network"] if stays else ["state"]))
        found = {name for name in tree(output / "stacks") if "lambdas" in name}
        assert found == {
            "dev-network/lambdas/notes.txt",
            "dev-network/lambdas/old/b.zip",
            "prod-state/lambdas/a.zip",
            "prod-state/lambdas/notes.txt",
            "prod-state/lambdas/old/b.zip",
        }


def test_a_folder_in_an_output_folder_is_refused(tmp_path: Path) -> None:
    synthesize(tmp_path / "out", "dev", "state")
    with pytest.raises(OutputError, match=r"it is in another output folder \(.*/out\)\."):
        require_replaceable(tmp_path / "out" / "stacks" / "x")


def test_a_path_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="it has a path that is not UTF-8"):
        require_replaceable(tmp_path / "\udcff")
