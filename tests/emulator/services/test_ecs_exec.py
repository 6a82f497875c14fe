"""Tasks with the agent of ECS Exec, and sessions with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.network import make_subnets

if TYPE_CHECKING:
    from tests.emulator.conftest import Client

ACCOUNT = "700000000311"
DOCUMENT = "AWS-StartPortForwardingSessionToRemoteHost"
TO = {"host": ["db.example.org"], "portNumber": ["5432"]}
ROLE = f"arn:aws:iam::{ACCOUNT}:role/task"


def run(client: Client, *, role: str | None = ROLE, agent: bool = True) -> dict[str, Any]:
    ec2, ecs = client("ec2", account=ACCOUNT), client("ecs", account=ACCOUNT)
    (subnet,) = make_subnets(client, "us-east-1a", account=ACCOUNT)
    vpc = ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    group = ec2.create_security_group(GroupName="tasks", Description="tasks", VpcId=vpc)["GroupId"]
    ecs.create_cluster(clusterName="c")
    ecs.register_task_definition(
        family="t",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "one", "image": "app"}],
        **({"taskRoleArn": role} if role else {}),
    )
    network = {"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": [group]}}
    made = ecs.run_task(
        cluster="c",
        taskDefinition="t",
        launchType="FARGATE",
        enableExecuteCommand=agent,
        networkConfiguration=network,
        startedBy="jane",
    )
    return {"security_group": group, **made["tasks"][0]}


def target(task: dict[str, Any]) -> str:
    return f"ecs:c_{task['taskArn'].rpartition('/')[2]}_{task['containers'][0]['runtimeId']}"


def start(client: Client, to: str, **changes: Any) -> dict[str, Any]:
    options: dict[str, Any] = {"Target": to, "DocumentName": DOCUMENT, "Parameters": TO, **changes}
    return dict(client("ssm", account=ACCOUNT).start_session(**options))


def test_a_task_runs_until_it_is_stopped_and_frees_its_group(client: Client) -> None:
    ecs, task = client("ecs", account=ACCOUNT), run(client)
    for _ in range(6):
        (found,) = ecs.describe_tasks(cluster="c", tasks=[task["taskArn"]])["tasks"]
        assert (found["lastStatus"], found["containers"][0]["managedAgents"][0]["lastStatus"]) == ("RUNNING", "RUNNING")
    ecs.stop_task(cluster="c", task=task["taskArn"], reason="done")
    (found,) = ecs.describe_tasks(cluster="c", tasks=[task["taskArn"]])["tasks"]
    assert (found["lastStatus"], found["stoppedReason"]) == ("STOPPED", "done")
    client("ec2", account=ACCOUNT).delete_security_group(GroupId=task["security_group"])


def test_a_session_begins_and_ends(client: Client) -> None:
    ssm, task = client("ssm", account=ACCOUNT), run(client)
    answer = start(client, target(task))
    (found,) = ssm.describe_sessions(State="Active")["Sessions"]
    assert (found["SessionId"], found["Target"]) == (answer["SessionId"], target(task))
    ssm.terminate_session(SessionId=answer["SessionId"])
    assert ssm.describe_sessions(State="Active")["Sessions"] == []


def test_the_agent_needs_a_task_role(client: Client) -> None:
    with pytest.raises(ClientError, match=r"InvalidParameterException.*because a valid task role is not being used"):
        run(client, role=None)
    assert run(client, role=None, agent=False)["enableExecuteCommand"] is False


def test_what_does_not_run_is_not_connected(client: Client) -> None:
    task = run(client)
    for to in (f"{target(task)}0", target(run(client, agent=False)), "i-0123456789abcdef0"):
        with pytest.raises(ClientError, match=r"TargetNotConnected.*is not connected\."):
            start(client, to)
    client("ecs", account=ACCOUNT).stop_task(cluster="c", task=task["taskArn"])
    with pytest.raises(ClientError, match="TargetNotConnected"):
        start(client, target(task))


def test_a_document_must_be_known_and_have_its_parameters(client: Client) -> None:
    to = target(run(client))
    with pytest.raises(ClientError, match=r"InvalidDocument.*Document with name AWS-Start does not exist\."):
        start(client, to, DocumentName="AWS-Start")
    for parameters in ({"host": ["db"]}, {**TO, "user": ["jane"]}):
        with pytest.raises(ClientError, match="InvalidParameters"):
            start(client, to, Parameters=parameters)
    assert start(client, to, Parameters={**TO, "localPortNumber": ["15432"]})["TokenValue"]


def test_an_unknown_task_cannot_be_stopped(client: Client) -> None:
    client("ecs", account=ACCOUNT).create_cluster(clusterName="c")
    with pytest.raises(ClientError, match=r"InvalidParameterException.*The referenced task was not found\."):
        client("ecs", account=ACCOUNT).stop_task(cluster="c", task="0" * 32)
