"""Personal data in the logs of statements is masked."""

from __future__ import annotations

import json

from tests.modules.data.databases import postgres_templates


def test_what_is_found_in_the_log_of_statements_is_masked() -> None:
    policy = postgres_templates()[0].only("aws_cloudwatch_log_data_protection_policy")
    assert policy["log_group_name"].startswith("${aws_cloudwatch_log_group.postgres_postgresql-logs")
    find, mask = json.loads(policy["policy_document"])["Statement"]
    assert [name.rpartition("/")[2] for name in find["DataIdentifier"]] == ["EmailAddress", "AwsSecretKey"]
    assert find["DataIdentifier"] == mask["DataIdentifier"]
    assert mask["Operation"] == {"Deidentify": {"MaskConfig": {}}}
