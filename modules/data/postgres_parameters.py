"""PostgreSQL's parameter group: TLS, and logs that show what was slow or changed, but no data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.db_parameter_group import DbParameterGroup, DbParameterGroupParameter

from modules.label import NameLimit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

    from modules.label import Label

# Changes of static parameters wait for the next restart, which Terraform does not cause:
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithParamGroups.html
_AT_RESTART: Final[Mapping[str, str]] = {"shared_preload_libraries": "pg_stat_statements,pgaudit"}
_AT_ONCE: Final[Mapping[str, str]] = {
    "rds.force_ssl": "1",
    "ssl_min_protocol_version": "TLSv1.2",
    # A statement is logged with the values bound to it, in full unless this is 0: addresses, password hashes, tokens.
    # https://www.postgresql.org/docs/current/runtime-config-logging.html#GUC-LOG-PARAMETER-MAX-LENGTH
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    # `ddl` would log ALTER ROLE ... PASSWORD as it was typed. pgAudit logs the same statements without passwords:
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.pgaudit.html
    # https://github.com/pgaudit/pgaudit#settings
    "log_statement": "none",
    "pgaudit.log": "ddl,role",
    "pgaudit.log_parameter": "0",
    "log_connections": "1",
    "log_disconnections": "1",
    "log_lock_waits": "1",
    # What autovacuum did to the tables that take it longest, with the dead rows that it had to leave.
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Autovacuum.Logging.html
    "log_autovacuum_min_duration": "1000",
    "rds.force_autovacuum_logging_level": "warning",
}


def create_parameter_group(
    scope: Construct, *, label: Label, major_version: int, slow_query_milliseconds: int
) -> DbParameterGroup:
    """Create the parameter group of a database and its replicas, as `parameter-group` of `scope`."""
    at_once = {**_AT_ONCE, "log_min_duration_statement": str(slow_query_milliseconds)}
    family = f"postgres{major_version}"
    return DbParameterGroup(
        scope,
        "parameter-group",
        # The family is in the name: an upgrade needs the old and the new group at the same time.
        name=label.name(family, limit=NameLimit.DATABASE_GROUP),
        family=family,
        description="TLS only; slow queries are logged",
        parameter=[
            DbParameterGroupParameter(name=name, value=value, apply_method=method)
            for method, values in (("immediate", at_once), ("pending-reboot", _AT_RESTART))
            for name, value in values.items()
        ],
        lifecycle=TerraformResourceLifecycle(
            create_before_destroy=True,
            # Another description would need another group, and the name is taken.
            ignore_changes=["description"],
        ),
    )
