"""An account with projects whose builds a test starts itself."""

from __future__ import annotations

import itertools
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.emulator.conftest import Client

SECONDS: Final = 60
_ACCOUNTS: Final = itertools.count(730000000000)


@dataclass
class Projects:
    """An account with a role for builds."""

    client: Client
    account: str = field(default_factory=lambda: str(next(_ACCOUNTS)))

    def __post_init__(self) -> None:
        """Create the role."""
        self.builds = self.of("codebuild")
        self.role = self.make_role("build", "codebuild")

    def of(self, service: str) -> Any:
        """A client of the account."""
        return self.client(service, account=self.account)

    def make_role(self, name: str, service: str, *actions: str) -> str:
        """A role that a service may assume."""
        trust = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        role = self.of("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]
        rights = {"Effect": "Allow", "Action": list(actions or ["*"]), "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [rights]})
        self.of("iam").put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=policy)
        return str(role["Arn"])

    def make(
        self, name: str, spec: Mapping[str, Any], *, variables: Sequence[Mapping[str, str]] = (), **more: Any
    ) -> str:
        """A project without a source."""
        environment = {"type": "ARM_CONTAINER", "image": "al2023", "computeType": "BUILD_GENERAL1_SMALL"}
        self.builds.create_project(
            **{
                "name": name,
                "source": {"type": "NO_SOURCE", "buildspec": json.dumps({"version": 0.2, **spec})},
                "artifacts": {"type": "NO_ARTIFACTS"},
                "environment": {**environment, "environmentVariables": list(variables)},
                "serviceRole": self.role,
                **more,
            }
        )
        return name

    def start(self, name: str) -> str:
        """Start a build; return its id."""
        return str(self.builds.start_build(projectName=name)["build"]["id"])

    def find(self, build: str) -> Any:
        """What BatchGetBuilds answers."""
        (found,) = self.builds.batch_get_builds(ids=[build])["builds"]
        return found

    def wait(self, build: str) -> Any:
        """A build, once it has ended."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            found = self.find(build)
            if found["buildComplete"]:
                return found
            time.sleep(0.02)
        raise AssertionError(self.find(build))

    def run(self, *commands: str, **more: Any) -> tuple[Any, str]:
        """Run commands; return the build and its log."""
        name = self.make(f"p{len(self.builds.list_projects()['projects'])}", phases(*commands), **more)
        build = self.wait(self.start(name))
        return build, self.log(build)

    def log(self, build: Any) -> str:
        """The lines of a build."""
        named = {"logGroupName": build["logs"]["groupName"], "logStreamName": build["logs"]["streamName"]}
        events = self.of("logs").get_log_events(**named, startFromHead=True)["events"]
        return "".join(f"{one['message']}\n" for one in events)


def phases(*commands: str) -> dict[str, Any]:
    """A buildspec with one phase."""
    return {"env": {"shell": "bash"}, "phases": {"build": {"commands": list(commands)}}}
