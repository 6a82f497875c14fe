"""The commands over the synthesized environments: what is wrong is one clear line, and nothing is called for it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from main import ROOT
from operations.__main__ import main
from operations.logs import show_logs
from operations.services import choose_services, cluster_name, services
from operations.status import show_status
from operations.tunnel import open_tunnel
from runner.errors import FAILED, OK, REFUSED
from synthesis.manifest import of_environment, read_stacks
from tests.operations.conftest import CLUSTER
from tests.operations.test_status import run_tunnel_task
from tests.operations.test_tunnel import Forward

if TYPE_CHECKING:
    from pathlib import Path

    from tests.operations.conftest import Small

PAGE = ROOT / "docs" / "day-2.md"


@pytest.fixture
def _shell(small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables of a shell for an account of the emulator in which nothing is applied."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", small.id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")


def run(output: Path, *arguments: str) -> int:
    return main([*arguments, "--output", str(output)], find_forwarder=_no_plugin)


def _no_plugin() -> Any:
    pytest.fail("wrong input is found before anything is started")


@pytest.mark.usefixtures("_shell")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("tunnel", "--env", "deev"), "The synthesized output has no environment 'deev'. It has: dev,"),
        (("tunnel", "--env", "dev"), "TO is missing.\nFor example: make tunnel ENV=dev TO=postgres"),
        (("tunnel", "--env", "dev", "--to", "mysql"), "TO=mysql is not a database; allowed: documentdb, post"),
        (("tunnel", "--env", "dev", "--to", "postgres", "--region", "eu-west-1"), "dev has no services there"),
        (("logs", "--env", "dev", "--service", "backnd"), "is not a service of dev; did you mean backend?"),
        (("logs", "--env", "dev", "--since", "soon"), "SINCE=soon is not a valid time."),
        (("logs", "--env", "dev"), "dev is in account 111111111111, and these credentials are of"),
        (("status", "--env", "prod"), "prod is in account 333333333333, and these credentials are of"),
        (("status", "--env", "none"), "has no environment 'none'"),
    ],
)
def test_wrong_input_is_one_clear_line(
    output: Path,
    arguments: tuple[str, ...],
    says: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(output, *arguments) == REFUSED
    printed = capsys.readouterr()
    assert says in printed.err
    assert len(printed.err.splitlines()) == 2


@pytest.mark.usefixtures("small")
def test_without_credentials_it_says_how_to_log_in(
    output: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for command in (("logs", "--env", "dev"), ("status",)):
        assert run(output, *command) == FAILED
        assert "there are no valid credentials (NoCredentialsError).\nLog in again" in capsys.readouterr().err


@pytest.mark.usefixtures("small")
def test_a_profile_that_does_not_exist(
    output: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    assert run(output, "status", "--env", "dev") != OK
    assert "nobody" in capsys.readouterr().err


@pytest.mark.usefixtures("small")
def test_an_endpoint_that_is_not_of_aws_is_refused(
    output: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://elsewhere.example.org")
    assert run(output, "status") == REFUSED
    assert "AWS_ENDPOINT_URL=https://elsewhere.example.org would send" in capsys.readouterr().err


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_the_json_names_what_the_commands_need(output: Path, environment: str) -> None:
    stack = read_stacks(output)[f"{environment}-service"]
    found = services(stack)
    start = f"/user-management/{environment}/service"
    assert {name: one.log_group for name, one in found.items()} == {
        name: f"{start}/{name}" for name in ("backend", "frontend")
    }
    assert {one.full_name for one in found.values()} == {f"user-management-{environment}-{name}" for name in found}
    assert [one.name for one in choose_services(stack, "backend")] == ["backend"]
    assert cluster_name(stack) == f"user-management-{environment}-cluster"
    assert stack.tunnel is not None
    assert stack.tunnel.cluster == cluster_name(stack)
    (task,) = [
        one
        for one in stack.all("aws_ecs_task_definition")
        if one.get("family") == stack.tunnel.family == f"user-management-{environment}-tunnel-into-databases"
    ]
    (container,) = json.loads(task.get("container_definitions"))
    assert container["name"] == stack.tunnel.container
    assert container["logConfiguration"]["options"]["awslogs-group"] == stack.tunnel.log_group
    made = of_environment(read_stacks(output), environment)[f"{environment}-data"]
    (instance,) = [one for one in made.all("aws_db_instance") if not one.get("replicate_source_db")]
    (cluster,) = made.all("aws_docdb_cluster")
    assert stack.tunnel.databases == {
        "documentdb": cluster.get("cluster_identifier"),
        "postgres": instance.get("identifier"),
    }


def documented() -> dict[str, set[str]]:
    """The actions of each policy of the page, by the heading that it is under."""
    parts = re.split(r"^### ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    found: dict[str, set[str]] = {}
    for part in parts:
        for block in re.findall(r"```json\n(.*?)```", part, flags=re.DOTALL):
            statements = json.loads(block)["Statement"]
            assert all(one["Effect"] == "Allow" for one in statements)
            found[part.partition("\n")[0]] = {action for one in statements for action in one["Action"]}
    return found


def test_the_page_has_exactly_the_permissions_that_the_commands_use(applied: Small) -> None:
    used: dict[str, set[str]] = {}
    for name, command in (("status", _status), ("logs", _logs), ("tunnel", _tunnel)):
        before = len(applied.accounts)
        command(applied)
        used[name] = set().union(*(one.called for one in applied.accounts[before:])) - {"sts:GetCallerIdentity"}
    # RunTask passes the roles, and the plugin resumes a session whose connection broke.
    assert documented()["To open a tunnel"] - {"iam:PassRole", "ssm:ResumeSession"} == used["tunnel"]
    assert documented()["To look"] == (used["logs"] | used["status"] | {"lambda:InvokeFunction"})


def _status(small: Small) -> None:
    pair = {"GroupId": small.group}
    permission = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": [pair]}
    group = small.database_groups["postgres"]
    small.client("ec2").authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
    options: dict[str, Any] = {"account_of": small.account_of, "say": small.say}
    assert show_status([small.stacks()], **options) == OK
    task = run_tunnel_task(small)  # one that is open is described
    assert show_status([small.stacks()], **options) == OK
    small.client("ecs").stop_task(cluster=CLUSTER, task=task)


def _logs(small: Small) -> None:
    options: dict[str, Any] = {"follow": False, "account_of": small.account_of, "say": small.say}
    assert show_logs(small.stacks(), None, None, None, **options) == OK


def _tunnel(small: Small) -> None:
    for kind in ("postgres", "documentdb"):
        # A rule that is left is removed by each, so that the call is made.
        forward = Forward(small, kind=kind)
        options: dict[str, Any] = {"account_of": small.account_of, "say": small.say, "find_forwarder": forward.find}
        assert open_tunnel(small.stacks(), kind, None, 0, **options) == OK
