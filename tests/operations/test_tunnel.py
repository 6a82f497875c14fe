"""A tunnel on the emulator, with a stand-in for the plugin: what is open while it runs, and what is left afterwards."""

from __future__ import annotations

import os
import signal
import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from emulator.reachability import Place, refusal
from operations.tunnel import open_tunnel
from runner.errors import INTERRUPTED, OK, RunnerError
from tests.operations.conftest import CLUSTER, DOCUMENTDB, FAMILY, POSTGRES, REGION

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.operations.conftest import Small


@dataclass
class Forward:
    """Stands for the plugin, and looks at the account while it runs."""

    small: Small
    then: Callable[[], object] = lambda: None
    kind: str = "postgres"
    code: int = 0
    requests: list[Mapping[str, Any]] = field(default_factory=list)
    seen: list[str | None] = field(default_factory=list)
    """For each run, why a packet of the task would not arrive at the database."""

    def find(self) -> Forward:
        return self

    def __call__(self, answer: Mapping[str, Any], request: Mapping[str, Any], *, region: str, endpoint: str) -> int:
        assert (region, endpoint) == (REGION, self.small.url)
        assert answer["StreamUrl"].startswith("wss://")
        self.requests.append(request)
        self.seen.append(reach(self.small, self.kind))
        self.then()
        return self.code


def reach(small: Small, kind: str) -> str | None:
    """Why a packet of the tunnel's group does not arrive at a database; None if it does."""
    task = Place(small.id, REGION, (small.subnet,), (small.group,))
    port = {"postgres": 5432, "documentdb": 27017}[kind]
    return refusal(task, Place(small.id, REGION, (small.subnet,), (small.database_groups[kind],)), port)


def run(small: Small, forward: Forward, to: str | None = "postgres", *, port: int = 0, **metadata: Any) -> int:
    return open_tunnel(
        small.stacks(**metadata),
        to,
        None,
        port,
        account_of=small.account_of,
        find_forwarder=forward.find,
        say=small.say,
        pause=lambda _: None,
    )


def left(small: Small) -> tuple[int, int, int]:
    """Rules of both databases for tunnels, tasks that run, sessions that are open."""
    sessions = small.client("ssm").describe_sessions(State="Active")["Sessions"]
    return len(small.rules("postgres")) + len(small.rules("documentdb")), len(small.tasks()), len(sessions)


@pytest.mark.parametrize(
    ("kind", "identifier", "port"), [("postgres", POSTGRES, 5432), ("documentdb", DOCUMENTDB, 27017)]
)
def test_the_database_lets_the_task_in_while_the_tunnel_is_open(
    applied: Small, kind: str, identifier: str, port: int
) -> None:
    seen: list[tuple[int, int, int]] = []
    forward = Forward(applied, then=lambda: seen.append(left(applied)), kind=kind)
    assert reach(applied, kind) is not None
    assert run(applied, forward, kind) == OK
    assert (forward.seen, seen) == ([None], [(1, 1, 1)])
    assert reach(applied, kind) is not None
    assert left(applied) == (0, 0, 0)
    (request,) = forward.requests
    assert request["DocumentName"] == "AWS-StartPortForwardingSessionToRemoteHost"
    assert request["Target"].startswith(f"ecs:{CLUSTER}_")
    assert request["Parameters"]["portNumber"] == [str(port)]
    assert request["Parameters"]["host"][0].startswith(identifier)
    assert f"{identifier} answers at 127.0.0.1:" in "\n".join(applied.said)


def test_the_task_is_in_the_group_and_subnets_of_terraform_and_has_the_agent(applied: Small) -> None:
    tasks: list[dict[str, Any]] = []
    run(applied, Forward(applied, then=lambda: tasks.extend(applied.tasks())))
    (task,) = tasks
    (interface,) = applied.client("ec2").describe_network_interfaces()["NetworkInterfaces"] or [None]
    details = {one["name"]: one["value"] for one in task["attachments"][0]["details"]}
    assert (details["subnetId"], interface) == (applied.subnet, None)
    assert task["enableExecuteCommand"]
    assert task["startedBy"]


def _press_ctrl_c() -> None:
    raise KeyboardInterrupt


def _fail() -> None:
    message = "the plugin cannot be started"
    raise OSError(message)


@pytest.mark.parametrize(
    ("then", "raises"),
    [(_press_ctrl_c, None), (lambda: os.kill(os.getpid(), signal.SIGTERM), None),
     (lambda: os.kill(os.getpid(), signal.SIGHUP), None), (_fail, OSError)],
    ids=["ctrl-c", "sigterm", "closed-terminal", "error"],
)  # fmt: skip
def test_however_it_ends_nothing_is_left(
    applied: Small, then: Callable[[], object], raises: type[Exception] | None
) -> None:
    forward = Forward(applied, then=then)
    if raises:
        with pytest.raises(raises):
            run(applied, forward)
    else:
        assert run(applied, forward) == INTERRUPTED
    assert forward.seen == [None]
    assert left(applied) == (0, 0, 0)


def test_ctrl_c_while_the_task_starts_stops_the_task(applied: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("operations.tunnel_tasks.wait", interrupted)
    assert run(applied, Forward(applied)) == INTERRUPTED
    assert left(applied) == (0, 0, 0)


def test_a_start_whose_answer_is_lost_is_found_by_its_name_and_stopped(
    applied: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    from operations import tunnel_tasks  # noqa: PLC0415 (patched below)

    start = tunnel_tasks.start

    def lost(*arguments: Any, **options: Any) -> None:
        start(*arguments, **options)
        raise KeyboardInterrupt

    monkeypatch.setattr("operations.tunnel_tasks.start", lost)
    assert run(applied, Forward(applied)) == INTERRUPTED
    assert left(applied) == (0, 0, 0)


def test_a_rule_that_a_killed_tunnel_left_is_removed_by_the_next_one(applied: Small) -> None:
    pair = {"GroupId": applied.group, "Description": "make tunnel, killed"}
    permission = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": [pair]}
    group = applied.database_groups["postgres"]
    applied.client("ec2").authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
    run(applied, Forward(applied))
    (said,) = [text for text in applied.said if text.startswith("Removed a rule that an earlier tunnel had left in ")]
    assert group in said
    assert left(applied) == (0, 0, 0)


def test_the_rule_stays_for_another_tunnel_and_goes_with_it(applied: Small) -> None:
    inner = Forward(applied)
    between: list[tuple[int, int, int]] = []

    def another() -> None:
        run(applied, inner)
        between.append(left(applied))

    run(applied, Forward(applied, then=another))
    assert (inner.seen, between) == ([None], [(1, 1, 1)])
    assert any("the rule stays for" in text for text in applied.said)
    assert left(applied) == (0, 0, 0)


def test_the_last_tunnel_closes_the_other_database_too(applied: Small) -> None:
    """The first one leaves its rule, because another runs; that one leads to the other database."""

    def another() -> None:
        run(applied, Forward(applied))
        assert left(applied) == (2, 1, 1)

    assert run(applied, Forward(applied, then=another, kind="documentdb"), "documentdb") == OK
    assert left(applied) == (0, 0, 0)


def test_what_cannot_be_closed_is_said(applied: Small, deny: Callable[..., None]) -> None:
    run(applied, Forward(applied, then=lambda: deny("ec2:RevokeSecurityGroupIngress")))
    assert applied.said[-1].startswith(
        "The tunnel may not be closed: Cannot use the tunnel's task: ec2:RevokeSecurityGroupIngress is denied."
    )
    assert "make status ENV=test" in applied.said[-1]
    assert left(applied)[1:] == (0, 0)


def test_a_plugin_that_fails_is_an_error(applied: Small) -> None:
    with pytest.raises(RunnerError, match=r"session-manager-plugin ended with 255\."):
        run(applied, Forward(applied, code=255))
    assert left(applied) == (0, 0, 0)


def test_a_port_that_is_taken_is_refused_before_anything_starts(applied: Small) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(RunnerError, match=rf"PORT={taken.getsockname()[1]} of this machine is taken\."):
            run(applied, Forward(applied), port=taken.getsockname()[1])
    assert applied.called == set()


def test_a_database_that_sleeps_is_refused(applied: Small) -> None:
    applied.client("rds").stop_db_instance(DBInstanceIdentifier=POSTGRES)
    with pytest.raises(RunnerError, match="so a tunnel to it would lead nowhere") as error:
        run(applied, Forward(applied))
    assert error.value.remedy == "To wake test: make wake ENV=test"
    assert "ecs:RunTask" not in applied.called


@pytest.mark.parametrize(
    ("to", "databases", "says", "remedy"),
    [
        (None, {"postgres": POSTGRES}, "TO is missing.", "For example: make tunnel ENV=test TO=postgres"),
        ("postgre", {"postgres": POSTGRES}, "TO=postgre is not a database; did you mean postgres?", "has postgres"),
        ("documentdb", {"postgres": POSTGRES}, "TO=documentdb: test has no database of that kind", "has postgres"),
    ],
)
def test_what_is_not_there_is_one_clear_line(
    small: Small, to: str | None, databases: dict[str, str], says: str, remedy: str
) -> None:
    with pytest.raises(RunnerError) as error:
        run(small, Forward(small), to, tunnel={**small.tunnel, "databases": databases})
    assert says in error.value.message
    assert remedy in error.value.remedy
    assert small.called == set()


def test_an_environment_without_tunnels_says_which_setting(small: Small) -> None:
    with pytest.raises(RunnerError, match="test has nothing that runs a tunnel") as error:
        run(small, Forward(small), tunnel=None)
    assert "`tunnels = true` in [cluster]" in error.value.remedy


def test_what_is_not_applied_yet_says_what_to_apply(small: Small) -> None:
    with pytest.raises(RunnerError, match=f"{POSTGRES} is not applied yet") as error:
        run(small, Forward(small))
    assert error.value.remedy == "Apply it first: make apply ENV=test LAYER=data"


def test_without_a_task_definition_the_layer_is_applied_first(applied: Small) -> None:
    applied.client("ecs").deregister_task_definition(taskDefinition=f"{FAMILY}:1")
    applied.client("ecs").delete_task_definitions(taskDefinitions=[f"{FAMILY}:1"])
    with pytest.raises(RunnerError, match="The tunnel of test is not applied yet") as error:
        run(applied, Forward(applied))
    assert error.value.remedy == "Apply it first: make apply ENV=test LAYER=service"


def test_a_permission_that_is_missing_is_named(applied: Small, deny: Callable[..., None]) -> None:
    deny("ecs:RunTask")
    with pytest.raises(RunnerError, match="ecs:RunTask is denied") as error:
        run(applied, Forward(applied))
    assert error.value.remedy == "Allow it to your role: docs/day-2.md#permissions"
    assert left(applied) == (0, 0, 0)
