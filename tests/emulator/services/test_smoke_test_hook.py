"""The code of the smoke test as the hook of a deployment: in its VPC, through security groups, to the test listener."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from emulator.releases.answers import STATUSES
from modules.function_code import zip_files
from tests.emulator.functions import RIGHTS, make_role
from tests.emulator.releases import APP, PORT, Platform, fast

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator.conftest import Client

CODE = Path(__file__).parents[3] / "lambdas" / "smoke_test"
HOST = "users.example.com"
# What a test does not wait for.
SHORTER = {
    "FIRST_SECONDS: Final = 60.0": "FIRST_SECONDS: Final = 0.5",
    "SETTLE_SECONDS: Final = 10.0": "SETTLE_SECONDS: Final = 0.0",
    "PAUSE_SECONDS: Final = 1.0": "PAUSE_SECONDS: Final = 0.1",
}


class Site(Platform):
    """The service behind HTTPS listeners, with the smoke test in the same VPC."""

    def secure(self, *, allowed: bool = True) -> str:
        """Give the test listener TLS, and make the function; return its ARN."""
        ec2, elb = self.of("ec2"), self.elb
        vpc = ec2.describe_subnets(SubnetIds=self.subnets[:1])["Subnets"][0]["VpcId"]
        groups = [
            ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
            for name in ("balancer", "function")
        ]
        port = {"IpProtocol": "tcp", "FromPort": 8443, "ToPort": 8443}
        peers: list[Any] = [{**port, "UserIdGroupPairs": [{"GroupId": group}]} for group in reversed(groups)]
        if allowed:
            ec2.authorize_security_group_ingress(GroupId=groups[0], IpPermissions=[peers[0]])
        ec2.revoke_security_group_egress(
            GroupId=groups[1], IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
        )
        ec2.authorize_security_group_egress(GroupId=groups[1], IpPermissions=[peers[1]])
        endpoint = {"VpcId": vpc, "SubnetIds": self.subnets, "VpcEndpointType": "Interface", "PrivateDnsEnabled": True}
        https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
        ec2.authorize_security_group_ingress(
            GroupId=groups[0], IpPermissions=[{**https, "UserIdGroupPairs": [{"GroupId": groups[1]}]}]
        )
        ec2.authorize_security_group_egress(
            GroupId=groups[1], IpPermissions=[{**https, "UserIdGroupPairs": [{"GroupId": groups[0]}]}]
        )
        ec2.create_vpc_endpoint(
            ServiceName="com.amazonaws.us-east-1.codedeploy", SecurityGroupIds=[groups[0]], **endpoint
        )
        certificate = self.of("acm").request_certificate(DomainName=HOST, ValidationMethod="DNS")["CertificateArn"]
        (balancer,) = elb.describe_load_balancers()["LoadBalancers"]
        elb.set_security_groups(LoadBalancerArn=balancer["LoadBalancerArn"], SecurityGroups=[groups[0]])
        elb.modify_listener(
            ListenerArn=self.listeners["test"], Protocol="HTTPS", Certificates=[{"CertificateArn": certificate}]
        )
        return self._make_function(groups[1], str(balancer["DNSName"]))

    def _make_function(self, group: str, address: str) -> str:
        files = {f"smoke_test/{file.name}": file.read_text(encoding="utf-8") for file in CODE.glob("*.py")}
        for old, new in SHORTER.items():
            assert old in files["smoke_test/handler.py"]
            files["smoke_test/handler.py"] = files["smoke_test/handler.py"].replace(old, new)
        files["smoke_test/settings.json"] = json.dumps({APP: ["/health", "/users?limit=1"]})
        made = self.of("lambda").create_function(
            FunctionName="smoke-test",
            Runtime="python3.13",
            Handler="smoke_test.handler.handler",
            Role=make_role(self.client, "smoke-test", account=self.account, actions=(*RIGHTS, "codedeploy:*")),
            Code={"ZipFile": zip_files({name: text.encode() for name, text in files.items()})},
            Timeout=60,
            VpcConfig={"SubnetIds": self.subnets, "SecurityGroupIds": [group]},
            Environment={"Variables": {"ADDRESS": address, "INTERFACES": "", "HOST_NAME": HOST, "PORT": str(PORT)}},
        )
        return str(made["FunctionArn"])

    def log(self) -> str:
        """All lines of the function."""
        logs = self.of("logs")
        events = logs.filter_log_events(logGroupName="/aws/lambda/smoke-test")["events"]
        return "\n".join(event["message"] for event in events)


@pytest.fixture(autouse=True)
def tenth_seconds() -> Iterator[None]:
    with fast(0.1):
        yield


@pytest.fixture
def site(client: Client) -> Site:
    return Site(client)


def test_a_good_version_is_asked_at_the_test_listener_and_released(site: Site) -> None:
    hook = site.secure()
    site.make_group()
    deployment = site.deploy(site.register("web:2"), hooks={"AfterAllowTestTraffic": hook})
    assert site.wait(deployment)["status"] == "Succeeded", site.log()
    assert site.events(deployment)["AfterAllowTestTraffic"] == "Succeeded"
    assert site.weights() == {"green": 100, "blue": 0}


def test_a_version_that_answers_500_is_seen_by_no_user(site: Site) -> None:
    hook = site.secure()
    site.make_group()
    STATUSES["web:bad"] = 500
    deployment = site.deploy(site.register("web:bad"), hooks={"AfterAllowTestTraffic": hook})
    info = site.wait(deployment)
    assert (info["status"], info["errorInformation"]["code"]) == ("Failed", "HOOK_EXECUTION_FAILURE")
    assert "GET /health at " in site.log()
    assert ": 500 after " in site.log()
    assert site.weights("test") == site.weights() == {"blue": 100, "green": 0}
    assert site.targets("green") == []


def test_without_its_way_to_the_listener_the_version_is_not_released(site: Site) -> None:
    hook = site.secure(allowed=False)
    site.make_group()
    deployment = site.deploy(site.register("web:2"), hooks={"AfterAllowTestTraffic": hook})
    assert site.wait(deployment)["errorInformation"]["code"] == "HOOK_EXECUTION_FAILURE"
    assert "allows port 8443 in from" in site.log()


def test_the_hook_needs_the_name_on_the_certificate(site: Site) -> None:
    hook = site.secure()
    site.make_group()
    site.of("lambda").update_function_configuration(
        FunctionName="smoke-test",
        Environment={
            "Variables": {
                **site.of("lambda").get_function_configuration(FunctionName="smoke-test")["Environment"]["Variables"],
                "HOST_NAME": "elsewhere.example.com",
            }
        },
    )
    deployment = site.deploy(site.register("web:2"), hooks={"AfterAllowTestTraffic": hook})
    assert site.wait(deployment)["status"] == "Failed"
    assert "the certificate is not valid for elsewhere.example.com" in site.log()
