"""The workflows from their first step to their last, with a plan that holds a secret."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.fixtures import FOLDER
from tests.review import fake_github
from tests.workflows.jobs import WORKFLOWS, Repository, read_workflow

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "hidden-value"
SECURITY = """
[security]
block_public_buckets = true
encrypt_volumes = true
password_policy = true
access_analyzer = true
cis_alarms = false
"""
GITHUB = '[security.github]\nrepository = "acme/infra"\nplan_pull_requests = true\n'
ROLES = {
    "dev": "",
    "prod": f'{GITHUB}environment = "production"\n',
    "staging": f'{GITHUB}branch = "main"\n',
}


def content(*actions: str, kind: str = "aws_vpc", **others: Any) -> str:
    values = {"before": {"name": f"{SECRET}-1"}, "after": {"name": f"{SECRET}-2"}}
    change = {"address": f"{kind}.main", "type": kind, "change": {"actions": list(actions), **values}}
    return json.dumps({"format_version": "1.2", "resource_changes": [change] if actions else [], **others})


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Three small environments: prod asks for an approval, staging does not, and dev has no roles for GitHub."""
    made = Repository(
        folder=tmp_path,
        values={
            "github.token": "a-token",
            "github.event.pull_request.number": "42",
            "github.event.pull_request.base.sha": "base",
            "github.event.pull_request.head.sha": "fedcba9876543210",
            "secrets.PLAN_KEY": "0123456789abcdef" * 4,
        },
    )
    fake_github.install(made.programs, monkeypatch)
    for file in (made.template / "environments").glob("*.toml"):
        if file.stem != "project":
            file.unlink()
    minimal = (FOLDER / "minimal" / "minimal.toml").read_text(encoding="utf-8")
    for name, roles in ROLES.items():
        own = minimal.replace("[registry]", f'[registry]\nrepository_prefix = "{name}"')
        (made.template / "environments" / f"{name}.toml").write_text(f"{own}{SECURITY}{roles}", encoding="utf-8")
    made.script("prod-network", plan={"add": 1}, content=content("delete", "create"), resources=["aws_vpc.main"])
    return made


def matrix_entry(environment: str, plan_in: str, apply_in: str) -> dict[str, str]:
    role = f"arn:aws:iam::444444444444:role/user-management-{environment}-github"
    return {
        "environment": environment,
        "region": "eu-central-1",
        "plan_role": f"{role}-plan",
        "apply_role": f"{role}-apply",
        "plan_in": plan_in,
        "apply_in": apply_in,
    }


LISTED = {
    "prod": matrix_entry("prod", "production-plan", "production"),
    "staging": matrix_entry("staging", "", ""),
}
MATRIX = json.dumps(list(LISTED.values()))


@pytest.mark.seconds(10)
@pytest.mark.parametrize(("workflow", "job"), [("pull-request", "environments"), ("nightly", "check")])
def test_the_environments_with_roles_are_the_matrix_of_the_other_jobs(
    repository: Repository, workflow: str, job: str
) -> None:
    ended = repository.run(workflow, job)
    assert ended.succeeded, ended.log
    listed = json.loads(ended.outputs["matrix"])
    assert [{name: each[name] for name in LISTED["prod"]} for each in listed] == list(LISTED.values())
    assert [each["plans_pull_requests"] for each in listed] == [True, True]


def texts(folder: Path) -> str:
    """Everything in the files of a folder."""
    return "".join(file.read_bytes().decode(errors="replace") for file in folder.rglob("*") if file.is_file())


@pytest.mark.seconds(40)
def test_a_pull_request_gets_one_comment_with_the_plans(repository: Repository) -> None:
    for each in LISTED.values():
        ended = repository.run("pull-request", "plan", matrix=each)
        assert ended.succeeded, ended.log
        assert ended.environment == ""
    assert SECRET not in texts(repository.folder / "artifacts")
    for _ in range(2):
        ended = repository.run("pull-request", "comment", needs={"environments.matrix": MATRIX})
        assert ended.succeeded, ended.log
    there = fake_github.read(repository.programs / "github.json")
    (comment,) = there["comments"]
    assert "### Plan of <code>fedcba987654</code>" in comment["body"]
    assert "| <code>prod-network</code> |  |  | **1** |  |  |" in comment["body"]
    assert re.search(r"^\d+ stacks have no changes\.$", comment["body"], flags=re.MULTILINE)
    assert SECRET not in comment["body"]
    assert [call.split()[0] for call in there["calls"]] == ["POST", "PATCH"]


@pytest.mark.seconds(20)
def test_a_plan_that_fails_is_in_the_comment(repository: Repository) -> None:
    repository.script("prod-network", plan={"error": {"summary": f"AccessDenied {SECRET}"}})
    ended = repository.run("pull-request", "plan", matrix=LISTED["prod"])
    assert not ended.succeeded
    assert repository.run("pull-request", "comment", needs={"environments.matrix": MATRIX}).succeeded
    (comment,) = fake_github.read(repository.programs / "github.json")["comments"]
    assert "| <code>prod-network</code> |  |  |  |  | **<code>failed</code>** |" in comment["body"]
    assert "**<code>staging</code>: the plan did not end.**" in comment["body"]
    assert SECRET not in comment["body"]


@pytest.mark.seconds(40)
def test_after_a_merge_the_approved_plan_is_applied(repository: Repository) -> None:
    ran_in = []
    for each in LISTED.values():
        ended = repository.run("apply", "plan", matrix=each)
        assert ended.succeeded, ended.log
        ran_in.append(ended.environment)
    assert ran_in == ["production-plan", ""]
    # Everybody who can read the repository can download these.
    assert SECRET not in texts(repository.folder / "artifacts")
    assert (repository.artifact("plans-prod") / "plans").is_file()

    ended = repository.run("apply", "changed", needs={"environments.matrix": MATRIX})
    assert ended.succeeded, ended.log
    assert "| <code>prod-network</code> |  |  | **1** |  |  |" in (repository.folder / "summary").read_text()
    (changed,) = json.loads(ended.outputs["matrix"])
    assert changed["environment"] == "prod"

    # What would be planned now is something else; what is applied is what was approved.
    repository.script("prod-network", plan={"add": 9}, content=content("delete"), resources=["aws_vpc.main"])
    ended = repository.run("apply", "apply", matrix=changed)
    assert ended.succeeded, ended.log
    assert ended.environment == "production"
    assert repository.applied() == [f"prod-network {content('delete', 'create')}"]
    # Then the states get what other resources have added since.
    refreshed = {call.split()[0] for call in repository.calls() if call.endswith(" -refresh-only")}
    assert "prod-network" in refreshed
    assert not {"prod-state", "prod-security"} & refreshed


@pytest.mark.seconds(20)
def test_without_the_key_nothing_is_handed_on(repository: Repository) -> None:
    repository.values["secrets.PLAN_KEY"] = ""
    ended = repository.run("apply", "plan", matrix=LISTED["prod"])
    assert not ended.succeeded
    assert "PLAN_KEY must be 64 hexadecimal digits" in ended.log
    assert list((repository.folder / "artifacts").iterdir()) == []


@pytest.mark.seconds(20)
def test_plans_of_another_environment_are_not_applied(repository: Repository) -> None:
    assert repository.run("apply", "plan", matrix=LISTED["prod"]).succeeded
    repository.artifact("plans-prod").rename(repository.artifact("plans-staging"))
    ended = repository.run("apply", "apply", matrix=LISTED["staging"])
    assert not ended.succeeded
    assert "for another run, commit or environment" in ended.log
    assert repository.applied() == []


@pytest.mark.seconds(50)
def test_the_night_finds_what_others_changed_and_the_next_one_that_it_is_gone(repository: Repository) -> None:
    drifted = {
        "address": "aws_lb.public",
        "type": "aws_lb",
        "change": {"actions": ["update"], "before": {"idle_timeout": 60}, "after": {"idle_timeout": SECRET}},
    }
    scaled = {
        "address": "aws_ecs_service.api",
        "type": "aws_ecs_service",
        "change": {"actions": ["update"], "before": {"desired_count": 2}, "after": {"desired_count": 3}},
    }
    for found, planned in (([drifted, scaled], list(LISTED)), ([], ["prod"])):
        repository.forget_artifacts(*(f"reviews-{name}" for name in planned))
        text = content(resource_drift=found)
        repository.script("prod-network", content=text, resources=["x"])  # Terraform itself would change nothing
        for name in planned:  # of staging, the reviews of the first night are there
            ended = repository.run("nightly", "drift", matrix=LISTED[name])
            assert ended.succeeded, ended.log
        ended = repository.run("nightly", "issue", needs={"check.matrix": MATRIX})
        assert ended.succeeded, ended.log
    (issue,) = fake_github.read(repository.programs / "github.json")["issues"]
    assert issue["state"] == "closed"
    assert "- <code>prod-network</code>: <code>aws&#95;lb.public&#58; idle&#95;timeout</code>" in issue["body"]
    assert "aws&#95;ecs" not in issue["body"]
    assert SECRET not in issue["body"]


def test_every_lock_is_audited(repository: Repository) -> None:
    (repository.template / "pip_audit.py").write_text(
        "import sys; print('audited', sys.argv[-1], '--strict' in sys.argv)\n"
    )
    ended = repository.run("nightly", "audit")
    assert ended.succeeded, ended.log
    locks = sorted((repository.template / "requirements").glob("*.lock"))
    assert len(locks) > 4
    assert re.findall(r"^audited (\S+) True$", ended.log, flags=re.MULTILINE) == [
        f"requirements/{lock.name}" for lock in locks
    ]
    (repository.template / "pip_audit.py").write_text("raise SystemExit(1)\n")
    assert not repository.run("nightly", "audit").succeeded


def test_newer_locks_are_proposed(repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkout = repository.template
    (checkout / "pip.py").write_text("")
    (checkout / "uv.py").write_text(
        "import pathlib, sys\n"
        "assert '--upgrade' in sys.argv\n"
        "pathlib.Path(sys.argv[sys.argv.index('-o') + 1]).write_text('newer==2\\n')\n"
    )
    (checkout / ".gitignore").write_text(".venv\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.com"]
    for arguments in (
        ["init", "--quiet", "--bare", "--initial-branch", "main", str(tmp_path / "remote")],
        ["init", "--quiet", "--initial-branch", "main"],
        ["add", "."],
        [*identity, "commit", "--quiet", "--message", "first"],
        ["remote", "add", "origin", str(tmp_path / "remote")],
        ["push", "--quiet", "origin", "main"],
    ):
        command = ["git", *arguments]
        subprocess.run(command, cwd=checkout, check=True)
    ended = repository.run("locks", "locks")
    assert ended.succeeded, ended.log
    (pull,) = fake_github.read(repository.programs / "github.json")["pulls"]
    assert (pull["head"], pull["base"]) == ("renewed-locks", "main")


@pytest.mark.parametrize("file", sorted(WORKFLOWS.glob("*.yml")), ids=lambda path: path.name)
def test_every_shell_step_is_valid_and_has_no_expression(file: Path) -> None:
    steps = [step for job in read_workflow(file.stem)["jobs"].values() for step in job["steps"] if "run" in step]
    assert steps
    for step in steps:
        command = ["bash", "-n", "-c", step["run"]]
        assert subprocess.run(command, capture_output=True, check=False).returncode == 0, step["run"]
        assert "${{" not in step["run"]
