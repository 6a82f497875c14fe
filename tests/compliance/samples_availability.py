"""Samples for the rules on zones, spare instances, events, metrics, backups, and on what protects."""

from __future__ import annotations

from typing import Any

from tests.compliance.samples import changed, sample, without
from tests.compliance.samples_network import FROM_WORLD

_SUBNETS: dict[str, dict[str, Any]] = {
    "aws_db_subnet_group.one": {"subnet_ids": ["${aws_subnet.a.id}", "${aws_subnet.b.id}"]},
    "aws_subnet.a": {"availability_zone_id": "use1-az1"},
    "aws_subnet.b": {"availability_zone_id": "use1-az2"},
}
_CLUSTER: dict[str, dict[str, Any]] = {
    "aws_docdb_cluster.one": {},
    "aws_docdb_cluster_instance.a": {"cluster_identifier": "${aws_docdb_cluster.one.id}"},
    "aws_docdb_cluster_instance.b": {"cluster_identifier": "${aws_docdb_cluster.one.id}"},
}
_EVENTS: dict[str, dict[str, Any]] = {
    "aws_db_instance.one": {"identifier": "one"},
    "aws_db_event_subscription.one": {"source_type": "db-instance", "source_ids": ["one"]},
}
_ACL: dict[str, dict[str, Any]] = {
    "aws_wafv2_web_acl.one": {
        "visibility_config": {"cloudwatch_metrics_enabled": True, "sampled_requests_enabled": True},
        "rule": [
            {
                "name": "rate",
                "visibility_config": {"cloudwatch_metrics_enabled": True, "sampled_requests_enabled": True},
            }
        ],
    }
}
_IMAGES: dict[str, dict[str, Any]] = {
    "aws_ecr_repository.one": {"name": "one"},
    "aws_ecr_lifecycle_policy.one": {"repository": "${aws_ecr_repository.one.name}"},
}
_TABLE: dict[str, dict[str, Any]] = {
    "aws_dynamodb_table.one": {"name": "one"},
    "aws_backup_selection.one": {"resources": ["${aws_dynamodb_table.one.arn}"]},
}

AVAILABILITY = (
    sample(
        "subnets-are-in-two-zones",
        _SUBNETS,
        changed(_SUBNETS, "aws_subnet.b", availability_zone_id="use1-az1"),
        says="one zone only, use1-az1",
    ),
    sample(
        "service-has-a-spare-task",
        {"aws_appautoscaling_target.a": {"service_namespace": "ecs", "min_capacity": 2}},
        {"aws_appautoscaling_target.a": {"service_namespace": "ecs", "min_capacity": "1"}},
        says="min_capacity is 1",
    ),
    sample(
        "cluster-has-a-spare-instance",
        _CLUSTER,
        without(_CLUSTER, "aws_docdb_cluster_instance.b"),
        says="has 1 aws_docdb",
    ),
    sample(
        "database-is-in-two-zones",
        {"aws_db_instance.one": {"multi_az": True}},
        {"aws_db_instance.one": {"multi_az": False}},
        says="multi_az is off",
    ),
    sample(
        "database-events-have-a-receiver",
        _EVENTS,
        changed(_EVENTS, "aws_db_event_subscription.one", source_ids=["another"]),
        says="no aws_db_event_subscription for db-instance",
    ),
    sample(
        "event-subscription-is-on",
        _EVENTS,
        changed(_EVENTS, "aws_db_event_subscription.one", enabled=False),
        at="aws_db_event_subscription.one",
        says="enabled is off",
    ),
    sample(
        "firewall-rule-has-metrics",
        _ACL,
        changed(_ACL, "aws_wafv2_web_acl.one", rule=[{"name": "rate"}]),
        says="cloudwatch_metrics_enabled of rate is off",
    ),
    sample("repository-has-a-lifecycle", _IMAGES, without(_IMAGES, "aws_ecr_lifecycle_policy.one"), says="no aws_ecr_"),
    sample(
        "table-is-in-a-backup-plan",
        _TABLE,
        changed(_TABLE, "aws_backup_selection.one", resources=["${aws_db_instance.one.arn}"]),
        says="no aws_backup_selection names it",
    ),
)

_AURORA: dict[str, dict[str, Any]] = {
    "aws_rds_cluster.one": {
        "backup_retention_period": 7,
        "deletion_protection": True,
        "final_snapshot_identifier": "last",
        "delete_automated_backups": False,
        "lifecycle": {"prevent_destroy": True},
    }
}


def _aurora(rule: str, says: str, **arguments: object) -> Any:
    return sample(rule, _AURORA, changed(_AURORA, "aws_rds_cluster.one", **arguments), says=says)


PROTECTION = (
    _aurora("deletion-protection-is-on", "deletion_protection is off", deletion_protection=None),
    _aurora("final-snapshot-is-taken", "takes no final snapshot", final_snapshot_identifier=""),
    _aurora("force-destroy-is-off", "skip_final_snapshot is on", skip_final_snapshot=True),
    _aurora("force-destroy-is-off", "the default is on", delete_automated_backups=None),
    _aurora("stateful-resource-cannot-be-destroyed", "prevent_destroy", lifecycle={}),
    _aurora("backups-are-kept", "backup_retention_period is not set", backup_retention_period=None),
    _aurora("backups-are-kept", "it must be 7 or more", backup_retention_period=1),
    _aurora(
        "protection-is-not-ignored", "has deletion_protection", lifecycle={"ignore_changes": ["deletion_protection"]}
    ),
    _aurora("protection-is-not-ignored", "ignore_changes is all", lifecycle={"ignore_changes": "all"}),
)

_BALANCER: dict[str, dict[str, Any]] = {
    **FROM_WORLD,
    "aws_lb.one": {"internal": False, "security_groups": ["${aws_security_group.service.id}"]},
    "aws_vpc_security_group_ingress_rule.from-balancer": {
        **FROM_WORLD["aws_vpc_security_group_ingress_rule.from-balancer"],
        "security_group_id": "${aws_security_group.service.id}",
    },
}
_RULE = "aws_vpc_security_group_ingress_rule.from-balancer"

WORLD = (
    sample(
        "world-enters-by-load-balancers-only",
        _BALANCER,
        changed(_BALANCER, _RULE, from_port=22, to_port=22),
        at=_RULE,
        says="opens tcp ports 22 to 22 to the internet",
    ),
    sample(
        "world-enters-by-load-balancers-only",
        _BALANCER,
        changed(_BALANCER, "aws_lb.one", internal=True),
        at=_RULE,
        says="opens test-unit/aws_lb.one to the internet",
    ),
    sample(
        "world-enters-by-load-balancers-only",
        _BALANCER,
        without(_BALANCER, "aws_lb.one"),
        at=_RULE,
        says="no public load balancer has",
    ),
    sample(
        "world-enters-by-load-balancers-only",
        _BALANCER,
        {**_BALANCER, "aws_db_instance.one": {"vpc_security_group_ids": ["${aws_security_group.service.id}"]}},
        at=_RULE,
        says="opens test-unit/aws_db_instance.one to the internet",
    ),
)

SAMPLES = (*AVAILABILITY, *PROTECTION, *WORLD)
