"""With `protect_data`, nothing that holds data can be destroyed by mistake."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from compliance.arguments import is_on, is_set
from compliance.rule import Finding, rule
from synthesis.stateful import SOURCE_OF_REPLICA, STATEFUL, is_spare_replica

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synthesis.manifest import Stack
    from synthesis.template import Resource

_DELETION_PROTECTION: Final = {
    "aws_cloudtrail_event_data_store": "termination_protection_enabled",
    "aws_cognito_user_pool": "deletion_protection",
    "aws_db_instance": "deletion_protection",
    "aws_docdb_cluster": "deletion_protection",
    "aws_docdb_global_cluster": "deletion_protection",
    "aws_dsql_cluster": "deletion_protection_enabled",
    "aws_dynamodb_table": "deletion_protection_enabled",
    "aws_dynamodb_table_replica": "deletion_protection_enabled",
    "aws_lb": "enable_deletion_protection",
    "aws_neptune_cluster": "deletion_protection",
    "aws_neptune_global_cluster": "deletion_protection",
    "aws_neptunegraph_graph": "deletion_protection",
    "aws_networkfirewall_firewall": "delete_protection",
    "aws_qldb_ledger": "deletion_protection",
    "aws_rds_cluster": "deletion_protection",
    "aws_rds_global_cluster": "deletion_protection",
}
_SNAPSHOT_TAKERS: Final = {
    "aws_db_instance": "final_snapshot_identifier",
    "aws_docdb_cluster": "final_snapshot_identifier",
    "aws_elasticache_replication_group": "final_snapshot_identifier",
    "aws_memorydb_cluster": "final_snapshot_name",
    "aws_neptune_cluster": "final_snapshot_identifier",
    "aws_rds_cluster": "final_snapshot_identifier",
    "aws_redshift_cluster": "final_snapshot_identifier",
}
"""Types of databases, and the argument with the name of what is left of one."""
_OWN: Final = ("aws_db_instance", "aws_docdb_cluster")
_OTHER_STATEFUL: Final = (
    "aws_cognito_user_pool",
    "aws_dynamodb_table_replica",
    "aws_ebs_volume",
    "aws_efs_file_system",
    "aws_elasticsearch_domain",
    "aws_fsx_lustre_file_system",
    "aws_fsx_ontap_file_system",
    "aws_fsx_openzfs_file_system",
    "aws_fsx_windows_file_system",
    "aws_kinesis_stream",
    "aws_memorydb_cluster",
    "aws_msk_cluster",
    "aws_neptune_cluster",
    "aws_opensearch_domain",
    "aws_qldb_ledger",
    "aws_rds_cluster",
    "aws_rds_global_cluster",
    "aws_redshift_cluster",
    "aws_timestreamwrite_table",
)
"""Types with data that the platform does not use yet."""
_FORCE: Final = (
    "force_destroy",
    "force_delete",
    "skip_final_snapshot",
    "skip_final_backup",
    "delete_automated_backups",
)
_NO_DATA: Final = frozenset({"aws_autoscaling_group", "aws_cloudwatch_event_rule", "aws_cloudwatch_event_target"})
"""Types whose argument of that name deletes nothing that is kept."""
_DELETES_BACKUPS: Final = ("aws_db_instance", "aws_rds_cluster")
_HAS_BACKUPS: Final = {
    "aws_db_instance": "backup_retention_period",
    "aws_docdb_cluster": "backup_retention_period",
    "aws_docdbelastic_cluster": "backup_retention_period",
    "aws_elasticache_replication_group": "snapshot_retention_limit",
    "aws_memorydb_cluster": "snapshot_retention_limit",
    "aws_neptune_cluster": "backup_retention_period",
    "aws_rds_cluster": "backup_retention_period",
    "aws_redshift_cluster": "automated_snapshot_retention_period",
}
_PROTECTS: Final = re.compile(
    r"(deletion_protection|delete_protection|storage_encrypted|^encrypted|publicly_accessible|public_acls|public_policy"
    r"|public_buckets|kms_key|kms_master_key|encryption|point_in_time_recovery|backup_retention|prevent_destroy"
    r"|force_destroy|skip_final_snapshot|versioning|^policy$|assume_role_policy|permissions_boundary|^ingress|^egress"
    r"|security_group|cidr|ssl_policy|^protocol$|viewer_certificate|web_acl|enable_key_rotation|logs_exports|log_config"
    r"|access_logs|alarm_actions|actions_enabled|retention_in_days|transit_encryption|require_tls|parameter_group_name"
    r"|^parameter$|is_multi_region|log_file_validation|recording_group|^enable$|^enabled$|^rule$)"
)
"""Arguments that protect something."""
_FEWEST_DAYS: Final = 7
"""For which the platform promises that AWS keeps the backups of a database."""


@rule
def stateful_resource_cannot_be_destroyed(stack: Stack) -> Iterator[Finding]:
    """Terraform refuses to destroy resources that hold data."""
    for resource in _protected(stack, *STATEFUL, *_OTHER_STATEFUL):
        if resource.block("lifecycle").get("prevent_destroy") is not True:
            yield Finding.about(resource, "holds data and lifecycle.prevent_destroy is off")


@rule
def deletion_protection_is_on(stack: Stack) -> Iterator[Finding]:
    """Resources that have deletion protection have it switched on."""
    for kind, argument in _DELETION_PROTECTION.items():
        for resource in _protected(stack, kind):
            if not is_on(resource.get(argument)) or str(resource.get(argument)).upper() == "INACTIVE":
                yield Finding.about(resource, f"{argument} is off")


@rule
def final_snapshot_is_taken(stack: Stack) -> Iterator[Finding]:
    """A database that is deleted leaves a final snapshot with a known name."""
    for database in _protected(stack, *_SNAPSHOT_TAKERS):
        if database.get(SOURCE_OF_REPLICA):
            continue  # RDS makes none of a replica
        named = is_set(database.get(_SNAPSHOT_TAKERS[database.kind]))
        if database.is_on("skip_final_snapshot") or not named:
            yield Finding.about(database, "takes no final snapshot with a name")


@rule
def final_snapshot_has_a_new_name(stack: Stack) -> Iterator[Finding]:
    """The name of a final snapshot is new for each database: the one of the database before still exists."""
    for database in stack.all(*_OWN):
        name = database.get("final_snapshot_identifier")
        randoms = stack.all("terraform_data")
        if name is not None and not any(random.is_referred_to_by(name) for random in randoms):
            yield Finding.about(
                database, "final_snapshot_identifier is the same for ever; end it in a terraform_data's id"
            )


@rule
def force_destroy_is_off(stack: Stack) -> Iterator[Finding]:
    """Terraform does not empty buckets, repositories or vaults in order to destroy them, nor delete backups."""
    for resource in _protected(stack):
        if resource.kind not in _NO_DATA and not resource.get(SOURCE_OF_REPLICA):
            for argument in _FORCE:
                if is_on(resource.get(argument)):
                    yield Finding.about(resource, f"{argument} is on")
            if resource.kind in _DELETES_BACKUPS and resource.get("delete_automated_backups") is None:
                yield Finding.about(resource, "delete_automated_backups is not set, and the default is on")


@rule
def backups_are_kept(stack: Stack) -> Iterator[Finding]:
    """No database of a protected environment keeps its backups for less than seven days."""
    for kind, argument in _HAS_BACKUPS.items():
        for database in _protected(stack, kind):
            days = database.get(argument)
            if not database.get(SOURCE_OF_REPLICA) and (not isinstance(days, int) or days < _FEWEST_DAYS):
                yield Finding.about(database, f"{argument} is {days or 'not set'}; it must be {_FEWEST_DAYS} or more")


@rule
def protection_is_not_ignored(stack: Stack) -> Iterator[Finding]:
    """No `ignore_changes` hides an argument that protects: what is switched off by hand would stay so."""
    for resource in stack.all():
        ignored = resource.block("lifecycle").get("ignore_changes") or []
        names = [ignored] if isinstance(ignored, str) else ignored
        for name in map(str, names):
            if name == "all":
                yield Finding.about(
                    resource, "ignore_changes is all, so no change by hand is ever seen; name arguments"
                )
            elif _PROTECTS.search(name.partition("[")[0]):
                yield Finding.about(resource, f"ignore_changes has {name}, so a change by hand stays")


def _protected(stack: Stack, *kinds: str) -> Iterator[Resource]:
    if stack.is_protected:
        for resource in stack.all(*kinds):
            if not is_spare_replica(resource.arguments, region=stack.region):
                yield resource
