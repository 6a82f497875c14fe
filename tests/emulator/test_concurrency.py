"""Retries over HTTP, concurrent callers, and the reset."""

from __future__ import annotations

import contextlib
import json
import resource
import socket
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from emulator.registry import REGISTRY, Context

if TYPE_CHECKING:
    from emulator import Emulator
    from emulator.store import Shape
    from tests.emulator.conftest import Client

SIGNED = "AWS4-HMAC-SHA256 Credential={account}/20260101/us-east-1/xray/aws4_request, Signature=x"


def post(emulator: Emulator, name: str, *, invocation: str, attempt: int) -> dict[str, object]:
    request = urllib.request.Request(  # noqa: S310  loopback
        f"{emulator.url}/CreateGroup",
        data=json.dumps({"GroupName": name}).encode(),
        headers={
            "Authorization": SIGNED.format(account="600000000001"),
            "Content-Type": "application/json",
            "amz-sdk-invocation-id": invocation,
            "amz-sdk-request": f"attempt={attempt}; max=3",
        },
    )
    with urllib.request.urlopen(request) as response:  # noqa: S310  loopback
        return dict(json.load(response))


def test_a_retry_over_http_creates_nothing_twice(emulator: Emulator) -> None:
    first = post(emulator, "retried", invocation="retry-1", attempt=1)

    assert post(emulator, "retried", invocation="retry-1", attempt=2) == first


def test_simultaneous_attempts_create_one_group(emulator: Emulator) -> None:
    with ThreadPoolExecutor(8) as pool:
        attempts = [
            pool.submit(post, emulator, "at-once", invocation="retry-2", attempt=number) for number in range(1, 9)
        ]

    assert len({json.dumps(attempt.result()) for attempt in attempts}) == 1


def test_a_call_waits_until_the_one_before_it_is_done(client: Client) -> None:
    entered, leave = threading.Event(), threading.Event()

    def hold(_: Shape, __: Context) -> None:
        entered.set()
        assert leave.wait(30)

    xray, sns = client("xray", account="600000000004"), client("sns", account="600000000005")
    guards = REGISTRY.at("xray", "CreateGroup").guards
    guards.append(hold)
    try:
        with ThreadPoolExecutor(2) as pool:
            held = pool.submit(xray.create_group, GroupName="held")
            assert entered.wait(30)
            second = pool.submit(sns.list_topics)
            early, _ = wait([second], timeout=0.5)
            leave.set()
            assert held.result(30)["Group"]["GroupName"] == "held"
            assert second.result(30)["Topics"] == []
    finally:
        leave.set()
        guards.remove(hold)
    assert not early


def test_many_callers_in_several_accounts_do_not_disturb_each_other(client: Client) -> None:
    accounts = ("600000000002", "600000000003")
    callers = {account: (client("ec2", account=account), client("iam", account=account)) for account in accounts}

    def work(number: int) -> str:
        account = accounts[number % 2]
        ec2, iam = callers[account]
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")
        ec2.describe_subnets()
        role = iam.create_role(RoleName=f"role-{number}", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        iam.list_roles()
        return f"{account} {role}"

    with ThreadPoolExecutor(24) as pool:
        made = list(pool.map(work, range(40)))

    assert made == [f"{accounts[one % 2]} arn:aws:iam::{accounts[one % 2]}:role/role-{one}" for one in range(40)]
    for account, (ec2, iam) in callers.items():
        assert len(iam.list_roles()["Roles"]) == 20, account
        assert len(ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["false"]}])["Vpcs"]) == 20


def test_a_reset_empties_moto_and_the_added_operations(client: Client, emulator: Emulator) -> None:
    client("xray").create_group(GroupName="before")
    client("sns").create_topic(Name="before")
    post(emulator, "before", invocation="reset-1", attempt=1)

    request = urllib.request.Request(f"{emulator.url}/moto-api/reset", method="POST")  # noqa: S310  loopback
    with urllib.request.urlopen(request) as response:  # noqa: S310  loopback
        assert response.status == 200

    with pytest.raises(ClientError, match="Group not found"):
        client("xray").get_group(GroupName="before")
    assert client("sns").list_topics()["Topics"] == []
    assert post(emulator, "before", invocation="reset-1", attempt=2)["Group"]


def test_a_call_is_answered_while_many_connections_are_open(emulator: Emulator) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4096)), hard))
    with contextlib.ExitStack() as opened:
        for _ in range(700):
            connection = socket.create_connection(("127.0.0.1", emulator.port), timeout=30)
            opened.enter_context(contextlib.closing(connection))

        with urllib.request.urlopen(f"{emulator.url}/moto-api/data.json", timeout=30) as answer:  # noqa: S310 (the emulator)
            assert answer.status == 200
