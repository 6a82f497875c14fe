"""A release of a blue/green service: applied, deployed by its own group and files, and no request is lost."""

from __future__ import annotations

import json
import shutil
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cdktf import App

from acceptance.account import EmulatedSession
from modules.service.release_files import ReleaseFiles
from tests.modules.service.releases import HOST, Releases
from tests.stacks.test_protocol_change_on_emulator import make_boundary
from tests.template import LABEL, Template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cdktf import TerraformStack

NAME = f"{LABEL.prefix}-api"
INTERVAL_SECONDS = 0.1
MINUTE_SECONDS = 0.4
DEPLOYED_SECONDS = 60


def released_stack() -> TerraformStack:
    """A service with its group, its smoke test and its release files, and with a certificate that is its own."""
    releases = Releases.make(traffic="linear", step_percent=40, step_minutes=2, keep_old_minutes=5)
    releases.smoke_test.allow_to_internet()
    service = releases.parts.service()
    releases.group(service)
    files = ReleaseFiles(
        releases.parts.stack,
        "release-files",
        label=LABEL,
        key=releases.parts.key,
        access_logs=releases.parts.access_logs,
        protect=False,
    )
    files.add("api", files=service.release_files(hook=releases.smoke_test.arn))
    return releases.parts.stack


def write(stack: TerraformStack, folder: Path) -> None:
    """Write it as Terraform reads it, with the code of its function beside it."""
    made = Template.of(stack).document
    for listener in made["resource"]["aws_lb_listener"].values():
        if "certificate_arn" in listener:
            listener["certificate_arn"] = "${aws_acm_certificate.any.arn}"
    made["resource"]["aws_acm_certificate"] = {"any": {"domain_name": HOST, "validation_method": "DNS"}}
    made["provider"] = {"aws": [{"region": LABEL.region}]}
    made["terraform"] = {"required_providers": {"aws": {"source": "hashicorp/aws", "version": "5.100.0"}}}
    (folder / "cdk.tf.json").write_text(json.dumps(made, indent=1), encoding="utf-8")
    shutil.copytree(Path(App.of(stack).outdir, "stacks", stack.node.id, "lambdas"), folder / "lambdas")


@dataclass
class Users:
    """Clients that ask the listener all the time, and look where its weights lead."""

    session: EmulatedSession
    requests: int = 0
    misses: list[str] = field(default_factory=list)
    images: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Find the listeners."""
        self.elb: Any = self.session.client("elbv2")
        balancer = self.elb.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
        found = self.elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"]
        self.listeners = {one["Port"]: one["ListenerArn"] for one in found if one["Protocol"] == "HTTPS"}

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Ask until the end of the block."""
        ended = threading.Event()

        def run() -> None:
            while not ended.wait(INTERVAL_SECONDS):
                self.requests += 1
                try:
                    self._ask()
                    self._follow_weights()
                except Exception as error:  # noqa: BLE001 (whatever it is, a user has it)
                    self.misses.append(repr(error))

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def weights(self) -> dict[str, int]:
        """The weights of the listener of users, by target group."""
        rules = self.elb.describe_rules(ListenerArn=self.listeners[443])["Rules"]
        (action,) = next(one["Actions"] for one in rules if not one["IsDefault"])
        groups = action.get("ForwardConfig", {}).get("TargetGroups")
        return {one["TargetGroupArn"]: one["Weight"] for one in groups} if groups else {action["TargetGroupArn"]: 1}

    def _ask(self) -> None:
        from emulator.releases.listeners import LISTENERS  # noqa: PLC0415 - moto is a second to import
        from tests.emulator.https import ask  # noqa: PLC0415

        status, image = ask(LISTENERS.port(self.listeners[443]), "/api/users", host_name=HOST)
        self.images.add(image)
        if status != 200:
            self.misses.append(f"{status} {image}")

    def _follow_weights(self) -> None:
        for arn, weight in self.weights().items():
            if weight:
                health = self.elb.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
                # It can have moved since its weights were read: then they must have changed, too.
                if not any(one["TargetHealth"]["State"] == "healthy" for one in health) and self.weights().get(arn):
                    self.misses.append(f"{arn} has {weight} of the requests and no healthy target")


class Pipeline:
    """What a pipeline does with the files in the bucket."""

    def __init__(self, session: EmulatedSession) -> None:
        self.s3: Any = session.client("s3")
        self.ecs: Any = session.client("ecs")
        self.codedeploy: Any = session.client("codedeploy")

    def file(self, name: str) -> str:
        """One of the service's release files."""
        bucket = next(one["Name"] for one in self.s3.list_buckets()["Buckets"] if "release-files" in one["Name"])
        text: bytes = self.s3.get_object(Bucket=bucket, Key=f"api/{name}")["Body"].read()
        return text.decode()

    def release(self, image: str) -> str:
        """Register a revision with the image, and deploy it; return the id of the deployment."""
        definition = json.loads(self.file("taskdef.json").replace("<IMAGE1_NAME>", image))
        revision = self.ecs.register_task_definition(**definition)["taskDefinition"]["taskDefinitionArn"]
        content = self.file("appspec.yaml").replace("<TASK_DEFINITION>", revision)
        made = self.codedeploy.create_deployment(
            applicationName=NAME,
            deploymentGroupName=NAME,
            revision={"revisionType": "AppSpecContent", "appSpecContent": {"content": content}},
        )
        return str(made["deploymentId"])

    def wait(self, deployment: str, *, until_shifted: bool = False) -> Any:
        """Wait for its end, or until all requests go to the new tasks while the old ones stay."""
        end = time.monotonic() + DEPLOYED_SECONDS
        info: Any = None
        while time.monotonic() < end:
            info = self.codedeploy.get_deployment(deploymentId=deployment)["deploymentInfo"]
            if info["status"] in {"Succeeded", "Failed", "Stopped"}:
                return info
            if until_shifted and info["instanceTerminationWaitTimeStarted"]:
                return info
            time.sleep(INTERVAL_SECONDS)
        raise AssertionError(info)


@pytest.mark.emulator
@pytest.mark.seconds(180)
def test_a_release_and_a_rollback_lose_no_request_and_leave_no_difference(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from emulator import Emulator  # noqa: PLC0415 - moto is a second to import
    from emulator.probe.terraform import Terraform  # noqa: PLC0415
    from emulator.releases.clock import CLOCK  # noqa: PLC0415

    write(released_stack(), tmp_path)
    with Emulator() as running:
        make_boundary(running)
        terraform = Terraform(tmp_path, running.environment(account=LABEL.account_id))
        terraform.run("init", "-no-color")
        terraform.run("apply", "-no-color", "-auto-approve", "-input=false")
        session = EmulatedSession(url=running.url, account_id=LABEL.account_id, region=LABEL.region)
        users, pipeline = Users(session), Pipeline(session)
        CLOCK.minute_seconds = MINUTE_SECONDS
        with users.asking():
            info = pipeline.wait(pipeline.release("images/api@sha256:two"))
            assert info["status"] == "Succeeded", info
            assert list(users.weights().values()) == [100, 0]
            terraform.require_no_changes()

            third = pipeline.release("images/api@sha256:three")
            pipeline.wait(third, until_shifted=True)
            pipeline.codedeploy.stop_deployment(deploymentId=third, autoRollbackEnabled=True)
            assert pipeline.wait(third)["rollbackInfo"]["rollbackDeploymentId"]
            terraform.require_no_changes()
        service = pipeline.ecs.describe_services(cluster=f"{LABEL.prefix}-cluster", services=[NAME])["services"][0]
        (now,) = pipeline.ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"][
            "containerDefinitions"
        ]
    with capsys.disabled():
        print(f"\n{users.requests} requests during a release and a rollback, {len(users.misses)} misses")
    assert now["image"] == "images/api@sha256:two"
    assert {"images/api@sha256:two", "images/api@sha256:three"} < users.images
    assert users.requests > 100
    assert users.misses == []
