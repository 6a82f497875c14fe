"""Synthesis never deletes what it did not write, and reports in a line why a folder cannot be the output."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

import pytest

from synthesis.folders import CHECKOUT
from synthesis.manifest import OutputError
from synthesis.output import replacing, require_replaceable
from tests.synthesis.written import counts, names, put, synthesize, tree, write

FOREIGN = {
    "a file": {"main.tf": "mine"},
    "a folder": {"notes/a.txt": "mine"},
    "a repository": {".git/HEAD": "ref"},
    "a manifest of a web application": {"manifest.json": '{"name": "app", "icons": []}'},
    "a list as a manifest": {"manifest.json": "[]"},
    "a broken manifest alone": {"manifest.json": "{"},
    "a manifest with other stacks": {"manifest.json": '{"stacks": {"a": {"workingDirectory": "elsewhere"}}}'},
    "a manifest that leads out of the folder": {
        "manifest.json": '{"stacks": {"../../a": {"workingDirectory": "stacks/../../a"}}}'
    },
    "a manifest of the folder above": {"manifest.json": '{"stacks": {"..": {"workingDirectory": "stacks/.."}}}'},
    "stacks of another tool": {"stacks/main.tf": "mine"},
    "functions without stacks": {"stacks/a/lambdas/handler.py": "mine"},
    "a project of cdktf": {
        "manifest.json": '{"version": "0", "stacks": {"a": {"workingDirectory": "stacks/a"}}}',
        "stacks/a/cdk.tf.json": '{"//": {"metadata": {"stackName": "a"}}}',
    },
}


@pytest.mark.parametrize("files", FOREIGN.values(), ids=FOREIGN.keys())
def test_a_folder_with_files_of_others_is_refused(tmp_path: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        put(tmp_path / "d" / name, text)
    before = tree(tmp_path)
    with pytest.raises(OutputError, match=r"d cannot be the output folder: it (holds|has) ") as error:
        synthesize(tmp_path / "d", "dev", "state")
    assert error.value.remedy.startswith("Nothing was written: name a folder that is absent, is empty or was written")
    assert tree(tmp_path) == before


def test_an_output_folder_with_one_other_file_is_refused(tmp_path: Path) -> None:
    output = tmp_path / "out"
    synthesize(output, "dev", "state")
    put(output / "notes.txt")
    before = tree(tmp_path)
    with pytest.raises(OutputError, match=r"holds files that synthesis did not write \(notes\.txt\)"):
        synthesize(output, "dev", "state")
    assert tree(tmp_path) == before


def test_a_file_is_refused(tmp_path: Path) -> None:
    put(tmp_path / "out")
    with pytest.raises(OutputError, match="it is a file"):
        synthesize(tmp_path / "out", "dev", "state")
    with pytest.raises(OutputError, match=r"below cannot be the output folder: it is below a file \(.*out\)"):
        synthesize(tmp_path / "out" / "below", "dev", "state")
    assert tree(tmp_path) == {"out": "mine"}


@pytest.mark.parametrize(
    ("folder", "problem"),
    [
        (CHECKOUT, "is the checkout"),
        (CHECKOUT.parent, "is the checkout, or a folder that the checkout is in"),
        (Path("/"), "is the checkout, or a folder that the checkout is in"),
        (CHECKOUT / "environments", "belongs to the checkout"),
        (CHECKOUT / "environments" / "new", "belongs to the checkout"),
        (CHECKOUT / ".git" / "new", "belongs to the checkout"),
        (CHECKOUT / ".bootstrap", "belongs to the checkout"),
        (CHECKOUT / "modules", "holds files that synthesis did not write"),
        (CHECKOUT / "tests", "holds files that synthesis did not write"),
        (CHECKOUT / "environments" / ".." / "modules", "holds files that synthesis did not write"),
    ],
)
def test_the_checkout_and_its_folders_are_refused(folder: Path, problem: str) -> None:
    with pytest.raises(OutputError, match=problem):
        require_replaceable(folder)


@pytest.mark.parametrize("name", ["home", "home/user", "work", "work/here", "."])
def test_home_and_the_current_folder_are_refused_even_if_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "home" / "user").mkdir(parents=True)
    (tmp_path / "work" / "here").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(tmp_path / "home" / "user"))
    monkeypatch.chdir(tmp_path / "work" / "here")
    folder = Path(name) if name == "." else tmp_path / name
    with pytest.raises(OutputError, match=r"it is (your home|the current) folder, or a folder that it is in"):
        require_replaceable(folder)


def test_an_empty_folder_is_used(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    synthesize(tmp_path / "out", "dev", "state")
    assert names(tmp_path / "out") == ["dev-state"]


@pytest.mark.parametrize("name", [".out.new", ".out.old"])
@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_what_has_the_name_of_a_temporary_folder_is_never_deleted(tmp_path: Path, name: str, kind: str) -> None:
    output = tmp_path / "out"
    synthesize(output, "dev", "state")
    if kind == "link":
        put(tmp_path / "other" / "main.tf")
        (tmp_path / name).symlink_to(tmp_path / "other")
    else:
        put(tmp_path / name / "main.tf" if kind == "folder" else tmp_path / name)
    before = tree(tmp_path)
    with pytest.raises(OutputError, match=rf"{name} holds files that synthesis did not write"):
        synthesize(output, "dev", "state", resources=2)
    assert tree(tmp_path) == before


def test_a_copy_of_the_output_under_such_a_name_keeps_what_others_wrote(tmp_path: Path) -> None:
    output = tmp_path / "out"
    synthesize(output, "dev", "state")
    put(output / "stacks" / "dev-state" / "errored.tfstate", "new")
    shutil.copytree(output, tmp_path / ".out.old")
    put(tmp_path / ".out.old" / "stacks" / "dev-state" / "errored.tfstate", "old")
    with pytest.raises(OutputError, match=r"\.out\.old holds files"):
        synthesize(output, "dev", "state")
    assert (tmp_path / ".out.old/stacks/dev-state/errored.tfstate").read_text(encoding="utf-8") == "old"
    assert (output / "stacks/dev-state/errored.tfstate").read_text(encoding="utf-8") == "new"


def test_a_synthesis_that_was_killed_leaves_nothing_in_the_way(tmp_path: Path) -> None:
    write(tmp_path / ".out.new", "dev", "state")
    put(tmp_path / ".out.new/stacks/dev-state/lambdas/a.zip")
    synthesize(tmp_path / "out", "dev", "network")
    assert names(tmp_path / "out") == ["dev-network"]
    assert not (tmp_path / ".out.new").exists()


@pytest.mark.parametrize("is_link", [False, True])
def test_a_file_with_the_name_of_the_lock_is_not_emptied(tmp_path: Path, *, is_link: bool) -> None:
    put(tmp_path / "precious")
    if is_link:
        (tmp_path / ".out.lock").symlink_to(tmp_path / "precious")
        with pytest.raises(OutputError, match="cannot be written"):
            synthesize(tmp_path / "out", "dev", "state")
    else:
        put(tmp_path / ".out.lock")
        synthesize(tmp_path / "out", "dev", "state")
        assert (tmp_path / ".out.lock").read_text(encoding="utf-8") == "mine"
    assert (tmp_path / "precious").read_text(encoding="utf-8") == "mine"


def test_files_of_others_outlive_their_stack(tmp_path: Path) -> None:
    output = tmp_path / "out"
    synthesize(output, "dev", "state", "network")
    put(output / "stacks/dev-network/errored.tfstate")
    put(output / "stacks/dev-network/.terraform/environment")
    put(output / "stacks/notes.txt")
    put(output / "stacks/other/main.tf")
    (output / "stacks/link").symlink_to(tmp_path)
    for _ in range(2):
        synthesize(output, "dev", "state")
        assert names(output) == ["dev-state"]
        assert tree(output / "stacks").keys() == {
            "dev-network/errored.tfstate",
            "dev-state/cdk.tf.json",
            "link",
            "notes.txt",
            "other/main.tf",
        }


def test_the_hcl_is_kept(tmp_path: Path) -> None:
    output = tmp_path / "out"
    synthesize(output, "dev", "state")
    put(output / "hcl/dev-state/terraform.tfstate")
    for _ in range(2):
        synthesize(output, "dev", "network")
        assert names(output) == ["dev-network"]
        assert tree(output / "hcl") == {"dev-state/terraform.tfstate": "mine"}


def test_the_hcl_is_kept_at_a_mount_point(mounted: Path) -> None:
    synthesize(mounted, "dev", "state")
    put(mounted / "hcl/dev-state/main.tf")
    synthesize(mounted, "dev", "network")
    assert tree(mounted / "hcl") == {"dev-state/main.tf": "mine"}


def test_a_swap_that_was_killed_keeps_the_hcl(tmp_path: Path) -> None:
    output = tmp_path / "out"
    synthesize(output, "dev", "state")
    put(output / "hcl/dev-state/main.tf")
    output.rename(tmp_path / ".out.old")
    output.mkdir()
    write(output, "dev", "state")
    synthesize(output, "prod", "state")
    assert tree(output / "hcl") == {"dev-state/main.tf": "mine"}
    assert not (tmp_path / ".out.old").exists()


def test_a_copy_of_a_stack_is_kept(tmp_path: Path) -> None:
    output = tmp_path / "out"
    synthesize(output, "dev", "state")
    shutil.copytree(output / "stacks/dev-state", output / "stacks/backup")
    synthesize(output, "dev", "state", resources=2)
    assert tree(output / "stacks").keys() == {"backup/cdk.tf.json", "dev-state/cdk.tf.json"}


def test_an_old_output_that_was_being_deleted_is_no_obstacle(tmp_path: Path) -> None:
    output = tmp_path / "out"
    synthesize(output, "dev", "state")
    put(tmp_path / ".out.old/stacks/dev-data/lambdas/a.zip")
    put(tmp_path / ".out.old/stacks/dev-state/.terraform/environment")
    synthesize(output, "dev", "state")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".out.lock", "out"]


@pytest.mark.parametrize("kind", ["link", "file"])
def test_what_has_the_name_of_a_new_stack_is_not_replaced(tmp_path: Path, kind: str) -> None:
    output = tmp_path / "out"
    synthesize(output, "dev", "state")
    entry = output / "stacks" / "dev-network"
    put(tmp_path / "other" / "main.tf")
    if kind == "link":
        entry.symlink_to(tmp_path / "other")
    else:
        put(entry)
    before = tree(tmp_path)
    for _ in range(2):
        with pytest.raises(OutputError, match="dev-network is not a folder, and a stack has that name"):
            synthesize(output, "dev", "state", "network")
        assert tree(tmp_path) == before


def test_a_synthesis_of_all_environments_drops_those_that_have_no_file(tmp_path: Path) -> None:
    output = tmp_path / "out"
    synthesize(output, "test", "state")
    synthesize(output, "prod", "state")
    with replacing(output, environments=("dev",), keep_others=False) as folder:
        write(folder, "dev", "state")
    assert names(output) == ["dev-state"]
    assert tree(output).keys() == {"manifest.json", "stacks/dev-state/cdk.tf.json"}


@pytest.mark.parametrize("exists", [False, True])
def test_a_link_stays_and_its_target_is_replaced(tmp_path: Path, *, exists: bool) -> None:
    target, link = tmp_path / "disk" / "data", tmp_path / "work" / "out"
    link.parent.mkdir()
    link.symlink_to(target)
    if exists:
        target.mkdir(parents=True)
    for resources in (1, 2):
        synthesize(link, "dev", "state", resources=resources)
        assert link.readlink() == target
        assert counts(target) == {"dev-state": resources}
    assert sorted(path.name for path in link.parent.iterdir()) == ["out"]


def test_a_link_to_files_of_others_and_a_circle_are_refused(tmp_path: Path) -> None:
    put(tmp_path / "other" / "main.tf")
    (tmp_path / "out").symlink_to(tmp_path / "other")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    for name in ("out", "circle"):
        with pytest.raises(OutputError):
            synthesize(tmp_path / name, "dev", "state")
    assert (tmp_path / "other" / "main.tf").exists()


@pytest.fixture(params=[errno.EBUSY, errno.EXDEV])
def mounted(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that cannot be renamed, as a mount point."""
    output = tmp_path / "out"
    stock = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if self == output:
            raise OSError(request.param, "Device or resource busy", str(self))
        return stock(self, target)

    output.mkdir()
    monkeypatch.setattr(Path, "rename", rename)
    return output


def test_the_contents_of_a_mount_point_are_replaced(mounted: Path) -> None:
    synthesize(mounted, "prod", "state")
    synthesize(mounted, "dev", "state", "network")
    put(mounted / "stacks/dev-network/errored.tfstate")
    put(mounted / "stacks/dev-network/.terraform/environment")
    put(mounted / "stacks/dev-state/.terraform.lock.hcl")
    synthesize(mounted, "dev", "state", resources=2)
    assert counts(mounted) == {"prod-state": 1, "dev-state": 2}
    assert tree(mounted).keys() == {
        "manifest.json",
        "stacks/dev-network/errored.tfstate",
        "stacks/dev-state/.terraform.lock.hcl",
        "stacks/dev-state/cdk.tf.json",
        "stacks/prod-state/cdk.tf.json",
    }
    assert sorted(path.name for path in mounted.parent.iterdir()) == [".out.lock", "out"]


def test_a_mount_point_that_is_full_keeps_the_last_good_output(mounted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synthesize(mounted, "dev", "state", "network")
    before = tree(mounted)

    def copy(source: Path, target: Path) -> None:
        if target.parent == mounted:  # the last one
            raise OSError(errno.ENOSPC, "No space left on device", str(target))
        target.write_bytes(source.read_bytes())

    monkeypatch.setattr("synthesis.output.shutil.copy2", copy)
    with pytest.raises(OutputError, match=r"out cannot be written: No space left on device \(.*\)"):
        synthesize(mounted, "dev", "state", "registry", resources=2)
    assert tree(mounted) == before
    assert not (mounted / "stacks" / "dev-registry").exists()


def test_a_mount_point_that_is_full_at_first_can_be_used_later(mounted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def copy(source: Path, target: Path) -> None:
        del source
        raise OSError(errno.ENOSPC, "No space left on device", str(target))

    with monkeypatch.context() as patch:
        patch.setattr("synthesis.output.shutil.copy2", copy)
        with pytest.raises(OutputError, match="No space left on device"):
            synthesize(mounted, "dev", "state")
    assert list(mounted.iterdir()) == []
    put(mounted / "stacks/dev-state/.cdk.tf.json.new")  # what a run that was killed there leaves
    put(mounted / "stacks/dev-state/lambdas/.a.zip.new")
    synthesize(mounted, "dev", "state")
    assert names(mounted) == ["dev-state"]


def test_an_error_of_the_operating_system_is_a_line(tmp_path: Path) -> None:
    output = tmp_path / "out"
    synthesize(output, "dev", "state")
    before = tree(output)

    def fill() -> None:
        with replacing(output, environments=("dev",)) as folder:
            raise OSError(errno.ENOSPC, "No space left on device", str(folder / "a"))

    with pytest.raises(OutputError, match="out cannot be written: No space left on device") as error:
        fill()
    assert "The output is as it was" in error.value.remedy
    assert tree(output) == before


def test_an_error_of_the_program_stays_what_it_is(tmp_path: Path) -> None:
    def fail() -> None:
        with replacing(tmp_path / "out", environments=("dev",)):
            raise MissingTemplateError

    class MissingTemplateError(OSError):
        """As jinja2 has it."""

    with pytest.raises(MissingTemplateError):
        fail()


def test_files_of_others_beside_the_code_are_kept_at_a_mount_point(mounted: Path) -> None:
    synthesize(mounted, "dev", "state", "network")
    put(mounted / "stacks/dev-network/lambdas/notes.txt")
    put(mounted / "stacks/dev-network/lambdas/a.zip")
    synthesize(mounted, "dev", "state")
    assert tree(mounted / "stacks").keys() == {"dev-network/lambdas/notes.txt", "dev-state/cdk.tf.json"}
