"""A failure is reported with what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.runner.conftest import Project

LOCKED = {
    "summary": "Error acquiring the state lock",
    "detail": "Error message: operation error S3: PutObject, 412\nLock Info:\n"
    "  ID:        8be6ff10-ab68\n  Path:      the-bucket/network/terraform.tfstate\n"
    "  Operation: OperationTypeApply\n  Who:       ana@laptop\n  Version:   1.11.4\n"
    "  Created:   2026-01-02 07:20:46.690332121 +0000 UTC\n  Info:      \n\n\nTerraform acquires a lock",
}


@pytest.mark.parametrize(
    ("layer", "remedy"),
    [
        ("network", "apply that layer alone, which deletes the rule, then repeat: `make apply ENV=dev LAYER=service`."),
        ("registry", "A rule of another security group, or a network interface, still uses it"),
    ],
)
def test_a_security_group_in_use_is_reported_with_what_to_apply_first(dev: Project, layer: str, remedy: str) -> None:
    error = {
        "summary": "deleting Security Group (sg-0123): operation error EC2: DeleteSecurityGroup, https response error "
        "StatusCode: 400, RequestID: 1, api error DependencyViolation: resource sg-0123 has a dependent object",
    }
    dev.script(f"dev-{layer}", plan={"add": 1}, apply={"error": error})
    code, _, err = dev.run("apply", "--yes", "--layer", layer)
    assert code == 1
    assert remedy in err


@pytest.mark.parametrize(
    ("summary", "remedy"),
    [
        (
            (
                "creating IAM Service Linked Role (config.amazonaws.com): InvalidInput: Service role name "
                "AWSServiceRoleForConfig has been taken in this account, please try a different suffix."
            ),
            "set `create_service_role = false` of [security.config_recorder] in environments/dev.toml, then repeat.",
        ),
        (
            (
                "creating IAM OIDC Provider: EntityAlreadyExists: Provider with url "
                "https://token.actions.githubusercontent.com already exists."
            ),
            "set `create_provider = false` of [security.github] in environments/dev.toml, then repeat.",
        ),
        (
            "creating GuardDuty Detector: rejected because a detector already exists for the current account.",
            "remove [security.threat_detection] in environments/dev.toml, then repeat.",
        ),
        (
            "putting ConfigService Configuration Recorder: MaxNumberOfConfigurationRecordersExceededException: Failed",
            "remove [security.config_recorder] in environments/dev.toml, then repeat.",
        ),
        (
            (
                "creating IAM Role (acme-dev-task): NoSuchEntity: Scope ARN: arn:aws:iam::111111111111:policy/"
                "acme-dev-workload-boundary does not exist or is not attachable."
            ),
            "A person applies it first: make apply ENV=dev LAYER=state",
        ),
    ],
)
def test_a_refusal_with_a_known_cause_is_reported_with_what_to_do(dev: Project, summary: str, remedy: str) -> None:
    dev.script("dev-network", plan={"add": 1}, apply={"error": {"summary": summary}})
    code, _, err = dev.run("apply", "--yes", "--layer", "network")
    assert code == 1
    assert remedy in err


def test_a_held_lock_is_reported_with_its_holder_and_how_to_release_it(dev: Project) -> None:
    dev.script("dev-network", plan={"error": LOCKED})
    code, _, err = dev.run("apply", "--yes", "--layer", "network")
    assert code == 1
    assert "The state is locked by ana@laptop (apply, since 2026-01-02 07:20:46 UTC)." in err
    assert "make unlock ENV=dev LAYER=network LOCK_ID=8be6ff10-ab68" in err


def test_missing_credentials_are_one_line(dev: Project) -> None:
    error = {
        "summary": "No valid credential sources found",
        "detail": "Please see ...\n\nError: failed to refresh",
    }
    dev.script("dev-state", init={"error": error})
    code, _, err = dev.run("bootstrap", "--yes")
    assert code == 1
    assert "No valid AWS credentials: No valid credential sources found.\n" in err
    assert "AWS_PROFILE" in err
