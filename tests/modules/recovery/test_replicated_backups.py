"""RDS replicates the backups of PostgreSQL to the second region, whose stack knows the instance by its name."""

from __future__ import annotations

from dataclasses import replace

from modules.key import Key
from modules.recovery.replicated_backups import replicate_automated_backups
from tests.template import LABEL, Template, new_stack


def test_the_source_is_named_and_the_copies_have_the_key_of_their_region() -> None:
    stack = new_stack()
    label = replace(LABEL, region="us-west-2")
    key = Key(stack, "key", label=label, name="copies", description="Copies", protect=False)
    replicate_automated_backups(stack, "backups", label=label, key=key, retention_days=14)
    replication = Template.of(stack).only("aws_db_instance_automated_backups_replication")
    assert replication == {
        "source_db_instance_arn": "arn:aws:rds:us-east-1:444444444444:db:user-management-test-postgres",
        "kms_key_id": "${aws_kms_key.key.arn}",
        "retention_period": 14,
    } | {key: value for key, value in replication.items() if key == "//"}
