"""A service whose protocol changes is applied in one go, with either strategy: groups in use are not deleted first."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from acceptance.account import EmulatedSession
from modules.boundary import Boundary, boundary_name
from tests.modules.service.parts import Parts
from tests.template import LABEL, Template

if TYPE_CHECKING:
    from pathlib import Path

    from emulator import Emulator


def document(strategy: str, protocol: str) -> dict[str, Any]:
    parts = Parts.make(strategy=strategy)
    parts.service(protocol=protocol)
    made = Template.of(parts.stack).document
    for listener in made["resource"]["aws_lb_listener"].values():
        if "certificate_arn" in listener:
            listener["certificate_arn"] = "${aws_acm_certificate.any.arn}"
    made["resource"]["aws_acm_certificate"] = {"any": {"domain_name": "one.example.com", "validation_method": "DNS"}}
    made["provider"] = {"aws": [{"region": LABEL.region}]}
    made["terraform"] = {"required_providers": {"aws": {"source": "hashicorp/aws", "version": "5.100.0"}}}
    return made


def make_boundary(emulator: Emulator) -> None:
    """The layer `state` makes it before any role."""
    session = EmulatedSession(url=emulator.url, account_id=LABEL.account_id, region=LABEL.region)
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    iam: Any = session.client("iam")
    iam.create_policy(
        PolicyName=boundary_name(LABEL, Boundary.WORKLOAD),
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )


@pytest.mark.emulator
@pytest.mark.seconds(150)
@pytest.mark.parametrize("strategy", ["rolling", "blue_green"])
def test_another_protocol_is_applied_and_rests(tmp_path: Path, strategy: str) -> None:
    from emulator import Emulator  # noqa: PLC0415 - moto is a second to import
    from emulator.probe.terraform import Terraform  # noqa: PLC0415

    with Emulator() as running:
        make_boundary(running)
        terraform = Terraform(tmp_path, running.environment(account=LABEL.account_id))
        for protocol in ("HTTPS", "HTTP"):
            made = document(strategy, protocol)
            (tmp_path / "cdk.tf.json").write_text(json.dumps(made, indent=1), encoding="utf-8")
            if protocol == "HTTPS":  # the first one
                terraform.run("init", "-no-color")
            terraform.run("apply", "-no-color", "-auto-approve", "-input=false")
            terraform.require_no_changes()
