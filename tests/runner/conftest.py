"""A synthesized project in a temporary folder, and a fake Terraform that a test scripts."""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from runner.__main__ import main
from tests.outputs import write_stack

if TYPE_CHECKING:
    from pathlib import Path

# A stack's script: {"plan": {"error": ...}, "apply": {"seconds": 5}, "resources": ["aws_vpc.main"]}
FAKE_TERRAFORM = """#!{python} -IS
import os, sys, time
import _json, _signal as signal  # the modules around these two double the time to start
def dumps(value):
    if isinstance(value, str):
        return _json.encode_basestring_ascii(value)
    if isinstance(value, dict):
        return "{{" + ",".join(dumps(key) + ":" + dumps(value[key]) for key in value) + "}}"
    if isinstance(value, list):
        return "[" + ",".join(map(dumps, value)) + "]"
    return str(value).lower()
arguments = [each for each in sys.argv[1:] if not each.startswith("-chdir")]
if arguments[0] == "version":
    version = os.environ.get("FAKE_VERSION", "1.11.4")
    print(dumps({{"terraform_version": version, "platform": "linux_amd64"}}))
    sys.exit()
folder = {folder!r}
stack = os.path.basename(os.path.dirname(os.environ["TF_DATA_DIR"]))
path = os.path.join(folder, stack)
script = eval(open(path).read()) if os.path.exists(path) else {{}}
step = script.get(arguments[0], {{}})
def note(text):
    with open(os.path.join(folder, "calls"), "a") as calls:
        calls.write(f"{{stack}} {{text}}\\n")
def event(**fields):
    print(dumps(fields), flush=True)
begun = arguments[0] != "apply"
def stop(*_):
    if not begun:
        return note("ignored an interrupt")
    note("interrupted")
    event(type="log")
    time.sleep(0.2)
    note("released")
    sys.exit(1)
signal.signal(signal.SIGINT, stop)
noted = ("-destroy", "-refresh-only", "list", "pull")
note(" ".join([arguments[0], *[each for each in arguments[1:] if each in noted]]))
time.sleep(step.get("seconds", 0))
if "error" in step:
    error = {{"severity": "error", **step["error"]}}
    if arguments[0] in ("plan", "apply"):
        event(type="diagnostic", diagnostic=error)
    else:
        print("\\nError: " + error["summary"] + "\\n\\n" + error.get("detail", ""), file=sys.stderr)
    sys.exit(1)
resources = script.get("resources", [])
if arguments[0] == "plan":
    if "-refresh-only" in arguments:
        step = {{"add": script.get("drifted", 0)}}
    if resources:
        event(type="refresh_start")
    add, remove = (0, len(resources)) if "-destroy" in arguments else (step.get("add", 0), 0)
    for address in step.get("creates", ()):
        event(type="planned_change", change={{"action": "create", "resource": {{"addr": address}}}})
        add += 1
    for address in step.get("deletes", {{}}):
        event(type="planned_change", change={{"action": "delete", "resource": {{"addr": address}}}})
        remove += 1
    for argument in arguments:
        if argument.startswith("-out="):
            with open(argument[5:], "w") as plan:
                plan.write(script.get("content", ""))
    event(type="change_summary", changes={{"add": add, "change": 0, "remove": remove}})
    sys.exit(2 if add or remove else 0)
if arguments[:2] == ["show", "-json"]:
    deleted = script.get("plan", {{}}).get("deletes", {{}}).items()
    print(script.get("content") or dumps({{"format_version": "1.2", "resource_changes": [
        {{"address": at, "type": at.split(".")[0], "change": {{"actions": ["delete"], "before": values}}}}
        for at, values in deleted
    ]}}))
elif arguments[0] == "show":
    print("Plan of " + stack)
if arguments[0] == "apply":
    with open(arguments[-1]) as plan, open(os.path.join(folder, "applied"), "a") as applied:
        applied.write(f"{{stack}} {{plan.read()}}\\n")
    hook = {{"resource": {{"addr": "aws_vpc.main"}}, "action": "create"}}
    begun = True
    note("begun")
    event(type="apply_start", hook=hook)
    time.sleep(step.get("working", 0))
    event(type="apply_complete", hook=hook)
if arguments[:2] == ["state", "pull"]:
    instances = [{{"attributes": {{"arn": script.get("arn", "")}}}}]
    managed = [{{"mode": "managed", "type": "x", "instances": instances}} for _ in resources]
    configs = [{{"bucket": "the-bucket", "key": name + "/terraform.tfstate"}} for name in script.get("reads", [])]
    reads = [{{"attributes": {{"config": {{"value": config}}}}}} for config in configs]
    data = [{{"mode": "data", "type": "terraform_remote_state", "instances": reads}}]
    print(dumps({{"lineage": "l", "serial": 1, "resources": managed + data}}))
if arguments[0] == "output":
    print(dumps({{name: {{"value": value}} for name, value in script.get("outputs", {{}}).items()}}))
if arguments[:2] == ["workspace", "list"]:
    print("\\n".join(["* default", *("  " + name for name in script.get("workspaces", []))]))
if arguments[:2] == ["state", "list"]:
    print("\\n".join(resources))
if arguments[0] == "validate":
    print(dumps({{"valid": True, "diagnostics": []}}))
"""


@dataclass
class Project:
    """What a test sets up, runs and inspects."""

    root: Path
    capture: pytest.CaptureFixture[str]

    @property
    def out(self) -> Path:
        return self.root / "cdktf.out"

    def stack(self, id_: str, *needs: str, **about: Any) -> Path:
        """Add a stack, as `write_stack` does."""
        return write_stack(self.out, id_, *needs, **about)

    def script(self, id_: str, **steps: object) -> None:
        """Say what the fake Terraform does for a stack."""
        (self.root / "fake" / id_).write_text(repr(steps))

    def command(self, action: str, *arguments: str, env: str = "dev") -> list[str]:
        return [action, "--env", env, "--output", str(self.out), *arguments]

    def run(self, action: str, *arguments: str, env: str = "dev") -> tuple[int, str, str]:
        """Run an action in this process; return its exit code and what it printed on either stream."""
        self.capture.readouterr()
        code = main(self.command(action, *arguments, env=env))
        return code, *self.capture.readouterr()

    def calls(self, word: str = "") -> list[str]:
        """The calls of the fake Terraform, in order."""
        path = self.root / "fake" / "calls"
        return [line for line in path.read_text().splitlines() if word in line] if path.exists() else []

    def applied(self) -> list[str]:
        """The contents of the plans that the fake Terraform applied."""
        path = self.root / "fake" / "applied"
        return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Project:
    """No stacks yet; the fake Terraform is the only one on PATH."""
    (tmp_path / "fake").mkdir()
    executable = tmp_path / "bin" / "terraform"
    executable.parent.mkdir()
    executable.write_text(FAKE_TERRAFORM.format(python=sys.executable, folder=str(tmp_path / "fake")))
    executable.chmod(executable.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{executable.parent}{os.pathsep}/bin{os.pathsep}/usr/bin")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in [name for name in os.environ if name.startswith(("TF_", "TERRAFORM_", "AWS_"))]:
        monkeypatch.delenv(name)
    return Project(tmp_path, capsys)


@pytest.fixture
def dev(project: Project) -> Project:
    """state <- network <- service, and an unrelated registry."""
    project.stack("dev-state")
    project.stack("dev-network")
    project.stack("dev-service", "dev-network")
    project.stack("dev-registry")
    project.script("dev-state", resources=["aws_s3_bucket.state"])
    return project
