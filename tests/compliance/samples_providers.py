"""Samples for the rules on where Terraform works, what it runs, and where its state is."""

from __future__ import annotations

from typing import Any

from tests.compliance.samples import ACCOUNT, TAGS, Sample, sample, stack

PROVIDER: dict[str, Any] = {"allowed_account_ids": [ACCOUNT], "default_tags": [{"tags": TAGS}]}
_ROLE = "arn:aws:iam::{}:role/deploy"
GOOD = stack(
    provider={
        "aws": {
            **PROVIDER,
            "assume_role": {"role_arn": _ROLE.format(ACCOUNT)},
            "endpoints": {"s3": "https://s3.us-east-1.amazonaws.com"},
        }
    }
)
STATE = stack({"aws_s3_bucket.state": {"bucket": "acme-state"}}, layer="state")


def _provider(rule: str, says: str, **arguments: object) -> Sample:
    bad = stack(provider={"aws": [{**PROVIDER, "alias": "west", **arguments}]})
    return Sample(rule=rule, good=GOOD, bad=bad, at="provider.aws.west", says=says)


SAMPLES = (
    _provider("provider-names-its-account", "999999999999", assume_role=[{"role_arn": _ROLE.format("9" * 12)}]),
    _provider("provider-verifies-aws", "insecure", insecure=True),
    _provider("provider-verifies-aws", "http://s3.amazonaws.com", endpoints={"s3": "http://s3.amazonaws.com"}),
    _provider("provider-verifies-aws", "example.com", endpoints=[{"iam": "https://iam.amazonaws.com.example.com"}]),
    Sample(
        rule="state-is-in-a-bucket-of-its-environment",
        good=stack(terraform={"backend": {"s3": {"bucket": "acme-state"}}}),
        bad=stack(terraform={"backend": {"s3": {"bucket": "someone-else"}}}),
        at="terraform.backend.s3",
        says="someone-else",
        others=(STATE,),
    ),
    sample(
        "apply-runs-no-program",
        {"aws_a.a": {}},
        {"aws_a.a": {"provisioner": [{"local-exec": {"command": "true"}}]}},
        says="local-exec",
    ),
    sample(
        "apply-runs-no-program",
        {"terraform_data.a": {}},
        {"terraform_data.a": {"provisioner": {"remote-exec": {}}}},
        says="remote-exec",
    ),
    Sample(
        rule="apply-runs-no-program",
        good=stack(data={"aws_region": {"a": {}}}),
        bad=stack(data={"external": {"a": {"program": ["true"]}}}),
        at="data.external.a",
        says="runs a program",
    ),
)
