"""The workflows are as GitHub wants them, and have nothing that a linter for their safety knows of."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml

from main import ROOT
from modules.security.github_roles import APPLY_HOURS
from tests.workflows.jobs import WORKFLOWS, read_workflow

if TYPE_CHECKING:
    from collections.abc import Sequence

GITHUB: Final = ROOT / ".github"
NAMES: Final = sorted(file.stem for file in WORKFLOWS.glob("*.yml"))


def run_schema(schema: str, *files: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def run_zizmor(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "zizmor"
    command = [str(program), "--offline", "--no-progress", "--no-config", "--persona", "regular", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_they_match_the_schema_of_github() -> None:
    done = run_schema("vendor.github-workflows", *WORKFLOWS.glob("*.yml"))
    assert done.returncode == 0, done.stdout
    done = run_schema("vendor.dependabot", GITHUB / "dependabot.yml")
    assert done.returncode == 0, done.stdout


def test_the_schema_finds_a_mistake(tmp_path: Path) -> None:
    text = (WORKFLOWS / "nightly.yml").read_text(encoding="utf-8").replace("timeout-minutes", "timeout_minutes")
    (tmp_path / "nightly.yml").write_text(text, encoding="utf-8")
    done = run_schema("vendor.github-workflows", tmp_path / "nightly.yml")
    assert (done.returncode, "timeout_minutes" in done.stdout) == (1, True)


def test_nothing_in_them_is_unsafe() -> None:
    done = run_zizmor(GITHUB)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("pull_request:", "pull_request_target:", "dangerous-triggers"),
        ("run: make synth", "run: echo ${{ github.event.pull_request.title }}", "template-injection"),
        ("@11d5960a326750d5838078e36cf38b85af677262 # v4.4.0", "@v4", "unpinned-uses"),
        ("persist-credentials: false", "fetch-depth: 1", "artipacked"),
        (
            "permissions:\n      contents: read\n    outputs:",
            "permissions: write-all\n    outputs:",
            "excessive-permissions",
        ),
    ],
)
def test_the_linter_finds_a_mistake(tmp_path: Path, old: str, new: str, finding: str) -> None:
    shutil.copytree(GITHUB, tmp_path / ".github")
    file = tmp_path / ".github" / "workflows" / "pull-request.yml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    done = run_zizmor(tmp_path / ".github")
    assert done.returncode != 0
    assert f"[{finding}]" in done.stdout


@pytest.mark.parametrize("name", NAMES)
def test_each_job_has_a_limit_and_only_the_rights_that_it_needs(name: str) -> None:
    workflow = read_workflow(name)
    # What a job may do is said there; without a line of its own it gets nothing, or reads.
    assert workflow["permissions"] in ({}, {"contents": "read"})
    assert "concurrency" in workflow
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 180
        assert job["runs-on"] == "ubuntu-24.04"


def jobs_with(right: str, value: str) -> set[str]:
    return {
        f"{name}/{id_}"
        for name in NAMES
        for id_, job in read_workflow(name)["jobs"].items()
        if job.get("permissions", {}).get(right) == value
    }


def test_only_jobs_that_assume_a_role_get_a_token_for_it() -> None:
    assert jobs_with("id-token", "write") == {"pull-request/plan", "apply/plan", "apply/apply", "nightly/drift"}
    assert jobs_with("contents", "write") == {"locks/locks"}
    assert jobs_with("pull-requests", "write") == {"pull-request/comment", "locks/locks"}
    assert jobs_with("issues", "write") == {"nightly/issue"}


def steps_of(name: str, job: str) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = read_workflow(name)["jobs"][job]["steps"]
    return steps


def test_a_pull_request_does_not_run_its_own_code_with_the_right_to_comment() -> None:
    checkout = steps_of("pull-request", "comment")[0]
    assert checkout["with"]["ref"] == "${{ github.event.pull_request.base.sha }}"


OWN: Final = "github.event.pull_request.head.repo.full_name == github.repository"
"""Not a fork, whose author may be unknown."""


def starts_for_a_fork(jobs: dict[str, Any], id_: str) -> bool:
    """Whether a job starts in a pull request of a fork: it, or one that it needs, asks whose the branch is."""
    job = jobs[id_]
    needs = job.get("needs", [])
    return OWN not in str(job.get("if", "")) and all(
        starts_for_a_fork(jobs, needed) for needed in ([needs] if isinstance(needs, str) else needs)
    )


def test_a_fork_gets_no_credentials() -> None:
    for name in NAMES:
        workflow = read_workflow(name)
        triggers = workflow[True]  # type: ignore[index]  # YAML reads `on` as true
        if "pull_request" not in triggers:
            continue
        for id_, job in workflow["jobs"].items():
            if starts_for_a_fork(workflow["jobs"], id_):
                assert set(job.get("permissions", workflow["permissions"]).values()) <= {"read"}, f"{name}/{id_}"
                assert "secrets." not in str(job), f"{name}/{id_}"
    jobs = read_workflow("pull-request")["jobs"]
    assert not any(starts_for_a_fork(jobs, id_) for id_ in jobs)
    # A job that goes on although another one was skipped asks how that one ended.
    assert "needs.environments.result == 'success'" in jobs["comment"]["if"]
    del jobs["environments"]["if"]
    assert starts_for_a_fork(jobs, "plan")


def test_packages_are_installed_before_there_are_credentials() -> None:
    for name, job in (("apply", "plan"), ("apply", "apply")):
        shown = [step.get("run") or step["uses"].partition("@")[0] for step in steps_of(name, job)]
        assert shown.index("make review-setup") < shown.index("aws-actions/configure-aws-credentials")


def test_what_is_uploaded_is_gone_after_a_day() -> None:
    uploads = [
        step["with"]
        for name in NAMES
        for job in read_workflow(name)["jobs"].values()
        for step in job["steps"]
        if step.get("uses", "").startswith("actions/upload-artifact@")
    ]
    assert len(uploads) == 4
    assert {upload["retention-days"] for upload in uploads} == {1}
    assert {upload["path"].split()[0] for upload in uploads} == {"reviews", "sealed"}


def commits(names: Sequence[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name in names:
        text = (WORKFLOWS / f"{name}.yml").read_text(encoding="utf-8")
        for action, commit in re.findall(r"uses: ([\w./-]+)@(\S+ # \S+)", text):
            found.setdefault(action, set()).add(commit)
    return found


def test_dependabot_renews_the_base_images_of_all_examples() -> None:
    updates = yaml.safe_load((GITHUB / "dependabot.yml").read_text(encoding="utf-8"))["updates"]
    (docker,) = (each for each in updates if each["package-ecosystem"] == "docker")
    with_images = {f"/{file.parent.relative_to(ROOT)}" for file in ROOT.glob("examples/*/Dockerfile")}
    assert set(docker["directories"]) == with_images


def test_an_action_has_one_version_in_all_workflows() -> None:
    assert {action: found for action, found in commits(NAMES).items() if len(found) > 1} == {}


def test_credentials_are_valid_for_longer_than_the_job_that_applies() -> None:
    job = read_workflow("apply")["jobs"]["apply"]
    (seconds,) = [
        step["with"]["role-duration-seconds"] for step in job["steps"] if "role-to-assume" in step.get("with", {})
    ]
    assert int(seconds) > job["timeout-minutes"] * 60
    assert int(seconds) == APPLY_HOURS * 3600  # more is refused by STS


def test_credentials_of_other_jobs_are_valid_for_longer_than_the_hour_without_a_setting() -> None:
    for name in NAMES:
        for job in read_workflow(name)["jobs"].values():
            for step in job.get("steps", ()):
                if "role-to-assume" in step.get("with", {}):
                    seconds = int(step["with"].get("role-duration-seconds", 3600))
                    assert seconds > job["timeout-minutes"] * 60, f"{name}: {job['name']}"


def test_environments_are_applied_one_after_the_other_until_one_fails() -> None:
    strategy = read_workflow("apply")["jobs"]["apply"]["strategy"]
    assert (strategy["max-parallel"], strategy["fail-fast"]) == (1, True)
