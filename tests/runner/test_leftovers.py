"""A state that Terraform could not write is the only record of what it made: no run deletes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.runner.conftest import Project


@pytest.mark.parametrize("action", ["plan", "apply", "destroy"])
def test_a_state_that_was_not_written_is_kept_until_a_person_has_written_it(project: Project, action: str) -> None:
    project.stack("dev-state")
    project.script("dev-state", plan={"add": 1}, resources=["aws_s3_bucket.state"])
    arguments = () if action == "plan" else ("--yes",)
    work = project.root / ".terraform-work" / "dev-state"
    (work / "config").mkdir(parents=True)
    (work / "config" / "errored.tfstate").write_text("one", encoding="utf-8")
    for _ in range(2):
        code, _, err = project.run(action, *arguments)
        assert code
        assert project.calls("plan") == []
        assert f"An earlier apply of dev-state could not write its state; it is in {work}/errored.tfstate." in err
        assert f"TF_DATA_DIR={work}/data " in err
        assert f"terraform -chdir={work}/config state push {work}/errored.tfstate" in err
        assert (work / "errored.tfstate").read_text(encoding="utf-8") == "one"
    (work / "config" / "errored.tfstate").write_text("two", encoding="utf-8")
    project.run(action, *arguments)
    assert (work / "errored.tfstate").read_text(encoding="utf-8") == "one"
    assert (work / "errored-2.tfstate").read_text(encoding="utf-8") == "two"
    for path in work.glob("errored*.tfstate"):
        path.unlink()
    assert project.run("plan")[0] == 0


def test_a_lock_can_be_released_meanwhile(project: Project) -> None:
    project.stack("dev-state")
    work = project.root / ".terraform-work" / "dev-state"
    work.mkdir(parents=True)
    (work / "errored.tfstate").write_text("one", encoding="utf-8")
    assert project.run("unlock", "--layer", "state", "--lock-id", "x")[0] == 0
