"""The states in the second region: the plan role reads them, and only a person changes them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.modules.security.layer import Principals, security_layer
from tests.template import LABEL, Template

SECOND = replace(LABEL, recovery_region="us-west-2")
BUCKET = "arn:aws:s3:::user-management-test-state-us-west-2-444444444444"
TABLE = "arn:aws:dynamodb:us-west-2:444444444444:table/user-management-test-state-lock"
LOGS = "arn:aws:s3:::user-management-test-access-logs-us-west-2-444444444444"
AUDIT = "arn:aws:s3:::user-management-test-audit-copy-us-west-2-444444444444"
REPLICATION = "arn:aws:iam::444444444444:role/user-management-test-state-replication"


@pytest.fixture(scope="module")
def template() -> Template:
    return security_layer(SECOND)


@pytest.fixture(scope="module")
def who(template: Template) -> Principals:
    return Principals(template)


def resource(template: Template, name: str) -> str:
    """The reference by which the policies of the roles name it."""
    kind, _, start = name.partition(".")
    (found,) = [each for each in template.all(kind) if each.startswith(start)]
    return f"${{{kind}.{found}.arn}}"


@pytest.mark.parametrize(
    ("action", "arn"),
    [
        ("s3:PutObject", f"{BUCKET}/state/terraform.tfstate"),
        ("s3:PutObject", f"{BUCKET}/notifications-us-west-2/terraform.tfstate"),
        ("s3:PutObject", f"{BUCKET}/recovery-us-west-2/terraform.tfstate"),
        ("s3:DeleteObject", f"{BUCKET}/network/terraform.tfstate"),
        ("s3:PutBucketPolicy", AUDIT),
        ("s3:DeleteObjectVersion", f"{AUDIT}/a"),
        ("s3:PutBucketPolicy", BUCKET),
        ("s3:DeleteObjectVersion", f"{BUCKET}/recovery-us-west-2/terraform.tfstate"),
        ("s3:PutBucketPolicy", LOGS),
        ("s3:DeleteObject", f"{LOGS}/s3/a"),
        ("iam:UpdateAssumeRolePolicy", REPLICATION),
        ("iam:PassRole", REPLICATION),
    ],
)
def test_the_apply_role_changes_neither_the_bucket_nor_a_state_in_it(who: Principals, action: str, arn: str) -> None:
    assert not who.apply_may(action, arn, **{"iam:PassedToService": "s3.amazonaws.com"})


@pytest.mark.parametrize(
    ("action", "arn"),
    [
        ("s3:GetObject", f"{BUCKET}/network/terraform.tfstate"),
        ("s3:PutObject", f"{BUCKET}/recovery-us-west-2/terraform.tfstate"),
        ("dynamodb:PutItem", TABLE),
        ("s3:PutObject", f"{LOGS}/s3/a"),
    ],
)
def test_a_workload_has_no_access_whatever_its_role_allows(who: Principals, action: str, arn: str) -> None:
    assert not who.workload_may(action, arn)


def test_a_role_of_s3_may_write_the_copies_of_the_audit_and_none_may_delete_them(who: Principals) -> None:
    assert who.workload_may("s3:ReplicateObject", f"{AUDIT}/a")
    assert not who.workload_may("s3:PutObject", f"{AUDIT}/a")
    assert not who.workload_may("s3:DeleteObjectVersion", f"{AUDIT}/a")


def test_the_plan_role_reads_every_state_and_takes_the_locks(template: Template) -> None:
    grants = str(template.named("aws_iam_role_policy.github_plan_permissions")["policy"])
    bucket = resource(template, "aws_s3_bucket.copies_bucket")
    assert f"{bucket}/*.tflock" in grants
    assert "s3:AbortMultipartUpload" not in grants
    assert "dynamodb.us-west-2.amazonaws.com" in grants


def test_states_are_kept_for_as_long_and_as_safely_as_in_the_first_region(template: Template) -> None:
    def settings(kind: str, name: str) -> dict[str, object]:
        (found,) = [one for id_, one in template.all(kind).items() if id_.startswith(name)]
        return {key: value for key, value in found.items() if key not in {"bucket", "provider", "depends_on"}}

    for kind in ("aws_s3_bucket_lifecycle_configuration", "aws_s3_bucket_versioning"):
        for bucket in ("bucket", "access-logs"):
            assert settings(kind, f"copies_{bucket}") == settings(kind, f"state_{bucket}")
