"""An account with a pipeline, and the repository on GitHub that starts it."""

from __future__ import annotations

import base64
import io
import itertools
import json
import time
import urllib.request
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

from emulator.releases.clock import CLOCK

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from emulator import Emulator
    from tests.emulator.conftest import Client

T = TypeVar("T")
PIPELINE: Final = "app"
SECONDS: Final = 60
_ACCOUNTS: Final = itertools.count(740000000000)
_COMMITS: Final = itertools.count(1)
ENDED: Final = frozenset({"Succeeded", "Failed", "Stopped", "Superseded"})


def zipped(files: Mapping[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def _policy(statement: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@dataclass
class World:
    """An account with a bucket for artifacts, a key, roles, and a connection that is not confirmed."""

    emulator: Emulator
    client: Client
    account: str = field(default_factory=lambda: str(next(_ACCOUNTS)))
    name: str = PIPELINE
    """That of the pipeline."""

    def __post_init__(self) -> None:
        """Create everything but the pipeline."""
        self.pipelines = self.of("codepipeline")
        self.repository = f"acme/app-{self.account}"
        self.bucket = f"artifacts-{self.account}"
        self.of("s3").create_bucket(Bucket=self.bucket)
        self.key = self.of("kms").create_key()["KeyMetadata"]["Arn"]
        self.role = self.make_role("pipeline", "codepipeline", "*")
        self.build_role = self.make_role("build", "codebuild", "*")
        self.connection = self.of("codeconnections").create_connection(ConnectionName="github", ProviderType="GitHub")[
            "ConnectionArn"
        ]

    def of(self, service: str) -> Any:
        """A client of the account."""
        return self.client(service, account=self.account)

    def make_role(self, name: str, service: str, *actions: str) -> str:
        """A role that a service may assume."""
        trust = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}
        iam = self.of("iam")
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_policy(trust))["Role"]
        self.allow(name, *actions)
        return str(role["Arn"])

    def allow(self, role: str, *actions: str, on: Sequence[str] = ("*",)) -> None:
        """Replace the rights of a role."""
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": list(on)}
        self.of("iam").put_role_policy(RoleName=role, PolicyName="rights", PolicyDocument=_policy(statement))

    def bound(self, role: str, *actions: str) -> None:
        """Give a role a permissions boundary."""
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        iam = self.of("iam")
        policy = iam.create_policy(PolicyName=f"{role}-boundary", PolicyDocument=_policy(statement))["Policy"]
        iam.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=policy["Arn"])

    def source(self, **configuration: Any) -> dict[str, Any]:
        """The source action of the repository."""
        return self.action(
            "source",
            "Source",
            "CodeStarSourceConnection",
            outputs=["source"],
            ConnectionArn=self.connection,
            FullRepositoryId=self.repository,
            BranchName="main",
            **configuration,
        )

    def action(
        self,
        name: str,
        category: str,
        provider: str,
        *,
        inputs: Sequence[str] = (),
        outputs: Sequence[str] = (),
        order: int = 1,
        **configuration: str,
    ) -> dict[str, Any]:
        """An action of a pipeline."""
        return {
            "name": name,
            "actionTypeId": {"category": category, "owner": "AWS", "provider": provider, "version": "1"},
            "configuration": configuration,
            "runOrder": order,
            "inputArtifacts": [{"name": one} for one in inputs],
            "outputArtifacts": [{"name": one} for one in outputs],
        }

    def approval(self, name: str = "approval", **more: Any) -> dict[str, Any]:
        """An action that a person answers."""
        return {**self.action(name, "Approval", "Manual"), **more}

    def project(self, name: str, *commands: str, **spec: Any) -> str:
        """A project that runs commands."""
        buildspec = {"version": 0.2, "env": {"shell": "bash"}, "phases": {"build": {"commands": list(commands)}}}
        self.of("codebuild").create_project(
            name=name,
            source={"type": "CODEPIPELINE", "buildspec": json.dumps({**buildspec, **spec})},
            artifacts={"type": "CODEPIPELINE"},
            environment={"type": "ARM_CONTAINER", "image": "al2023", "computeType": "BUILD_GENERAL1_SMALL"},
            serviceRole=self.build_role,
        )
        return name

    def build(self, name: str, *, inputs: Sequence[str] = ("source",), **more: Any) -> dict[str, Any]:
        """An action that runs a project of the same name."""
        return self.action(name, "Build", "CodeBuild", inputs=inputs, ProjectName=name, **more)

    def create(self, *stages: Mapping[str, Any], first: Mapping[str, Any] | None = None, **more: Any) -> None:
        """Create the pipeline, and wait for the run with which it starts."""
        self.pipelines.create_pipeline(
            pipeline={
                "name": self.name,
                "roleArn": self.role,
                "pipelineType": "V2",
                "executionMode": "QUEUED",
                "artifactStore": {
                    "type": "S3",
                    "location": self.bucket,
                    "encryptionKey": {"id": self.key, "type": "KMS"},
                },
                "stages": [{"name": "Source", "actions": [first or self.source()]}, *stages],
                **more,
            }
        )
        self.wait()

    def confirm(self) -> None:
        """Confirm the connection."""
        self.post("connections", {"arn": self.connection})

    def push(
        self, files: Mapping[str, str] | bytes | None = None, *, paths: Sequence[str] = ("a",), **more: Any
    ) -> list[dict[str, str]]:
        """Push a commit, or its zip, to the branch `main`, or to what else is named; return what it has started."""
        content = files if isinstance(files, bytes) else zipped(files or {"a": "1"})
        sent = {
            "repository": self.repository,
            "commit": f"{next(_COMMITS):040x}",
            "message": "a change",
            "paths": list(paths),
            "files": base64.b64encode(content).decode(),
            **(more or {"branch": "main"}),
        }
        found: list[dict[str, str]] = self.post("pushes", sent)["executions"]
        return found

    def post(self, path: str, sent: Any) -> Any:
        """Call the emulator's own door."""
        request = urllib.request.Request(f"{self.emulator.url}/emulator/{path}", json.dumps(sent).encode())  # noqa: S310
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request) as answer:
            return json.load(answer)

    def reset(self) -> None:
        """Empty the emulator."""
        request = urllib.request.Request(f"{self.emulator.url}/moto-api/reset", method="POST")  # noqa: S310
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        opener.open(request).close()

    def release(self, **push: Any) -> dict[str, Any]:
        """Push, and wait for the end of the execution; return it."""
        (started,) = self.push(**push)
        return self.ended(started["id"])

    def ended(self, execution: str) -> dict[str, Any]:
        """The execution, once it has ended."""

        def found() -> dict[str, Any] | None:
            one: dict[str, Any] = self.pipelines.get_pipeline_execution(
                pipelineName=self.name, pipelineExecutionId=execution
            )["pipelineExecution"]
            return one if one["status"] in ENDED else None

        return self.until(found)

    def wait(self) -> None:
        """Wait until no execution is in progress."""
        self.until(lambda: all(one["status"] in ENDED for one in self.executions()) or None)

    def until(self, find: Callable[[], T | None]) -> T:
        """Wait until there is something."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            found = find()
            if found is not None:
                return found
            time.sleep(0.02)
        message = f"not in {SECONDS} seconds; {json.dumps(self.stages(), default=str, indent=1)}"
        raise AssertionError(message)

    def executions(self) -> list[dict[str, Any]]:
        """All executions, the newest first."""
        found: list[dict[str, Any]] = self.pipelines.list_pipeline_executions(pipelineName=self.name)[
            "pipelineExecutionSummaries"
        ]
        return found

    def actions(self, execution: str) -> dict[str, dict[str, Any]]:
        """The last runs of the actions of an execution by name."""
        details = self.pipelines.list_action_executions(
            pipelineName=self.name, filter={"pipelineExecutionId": execution}
        )["actionExecutionDetails"]
        return {one["actionName"]: one for one in reversed(details)}

    def problem(self, execution: str, action: str) -> str:
        """Why an action has failed."""
        return str(self.actions(execution)[action]["output"]["executionResult"]["errorDetails"]["message"])

    def stages(self) -> dict[str, dict[str, Any]]:
        """The states of the stages by name."""
        found = self.pipelines.get_pipeline_state(name=self.name)["stageStates"]
        return {one["stageName"]: one for one in found}

    def token(self, stage: str = "Approval", action: str = "approval") -> str:
        """The token of an approval, once it waits."""

        def found() -> str | None:
            for one in self.stages()[stage]["actionStates"]:
                if one["actionName"] == action:
                    token = (one.get("latestExecution") or {}).get("token")
                    return str(token) if token else None
            return None

        return str(self.until(found))

    def answer(self, status: str, token: str, stage: str = "Approval", action: str = "approval") -> None:
        """Answer an approval."""
        self.pipelines.put_approval_result(
            pipelineName=self.name,
            stageName=stage,
            actionName=action,
            result={"summary": "seen", "status": status},
            token=token,
        )


def hurry() -> None:
    """Let a minute have a twentieth of a second."""
    CLOCK.minute_seconds = 0.05
