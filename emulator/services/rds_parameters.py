"""Parameter groups of Amazon RDS and Amazon DocumentDB: moto accepts any name, value and time of a change.

The lists follow the documentation of PostgreSQL and of DocumentDB: the names of all settings, and the allowed values of
those that this platform sets. They are not a copy of what `describe-engine-default-parameters` returns, so a name that
is refused here and not there is a mistake of the list. Other families are not checked.
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBParameterGroup.html
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from moto.rds.models import rds_backends

from emulator.errors import AwsError
from emulator.registry import Context, guard

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.store import Shape

_POSTGRES: Final = {
    name: kind
    for name, _, kind in (
        line.partition(" ")
        for line in Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    )
}
# Settings of RDS itself and of its extensions.
_PREFIXES: Final = (
    *("apg_plan_mgmt", "auto_explain", "cron", "orafce", "pg_bigm", "pg_hint_plan", "pg_prewarm", "pg_stat_statements"),
    *("pg_transport", "pgaudit", "pglogical", "pgtle", "plpgsql", "plrust", "postgis", "rds"),
)
_BOOLEAN: Final = "0,1"
_POSTGRES_VALUES: Final[Mapping[str, str]] = {
    "log_autovacuum_min_duration": "-1-2147483647",
    "log_connections": _BOOLEAN,
    "log_disconnections": _BOOLEAN,
    "log_lock_waits": _BOOLEAN,
    "log_min_duration_statement": "-1-2147483647",
    "log_parameter_max_length": "-1-1073741823",
    "log_parameter_max_length_on_error": "-1-1073741823",
    "log_statement": "none,ddl,mod,all",
    "pgaudit.log_parameter": _BOOLEAN,
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Autovacuum.Logging.html
    "rds.force_autovacuum_logging_level": (
        "debug5,debug4,debug3,debug2,debug1,info,notice,warning,error,log,fatal,panic,disabled"
    ),
    "rds.force_ssl": _BOOLEAN,
    "ssl_min_protocol_version": "TLSv1,TLSv1.1,TLSv1.2,TLSv1.3",
}
# Lists of these words: https://github.com/pgaudit/pgaudit#pgauditlog and
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Parameters.html
_POSTGRES_LISTS: Final[Mapping[str, str]] = {
    "pgaudit.log": (
        "ddl,function,misc,misc_set,read,role,write,none,all,-ddl,-function,-misc,-misc_set,-read,-role,-write"
    ),
    "shared_preload_libraries": (
        "auto_explain,orafce,pgaudit,pglogical,pg_bigm,pg_cron,pg_hint_plan,pg_prewarm,pg_similarity,"
        "pg_stat_statements,pg_tle,pg_transport,plprofiler,plrust"
    ),
}
# https://docs.aws.amazon.com/documentdb/latest/developerguide/cluster_parameter_groups-list_of_parameters.html
_DOCUMENTDB_VALUES: Final[Mapping[str, str]] = {
    "audit_logs": "disabled,enabled,ddl,dml_read,dml_write,all,none",
    "change_stream_log_retention_duration": "3600-604800",
    "planner_version": "1.0,2.0,3.0",
    "profiler": "enabled,disabled",
    "profiler_sampling_rate": "0.0-1.0",
    "profiler_threshold_ms": "50-2147483647",
    "tls": "enabled,disabled,fips-140-3,tls1.2+,tls1.3+",
    "ttl_monitor": "enabled,disabled",
}
_DOCUMENTDB_STATIC: Final = frozenset({"tls"})
_RANGE: Final = re.compile(r"(-?\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)")
# https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBParameterGroup.html
_MOST_AT_ONCE: Final = 20
_INVALID: Final = "InvalidParameterValue"


@guard("rds", "ModifyDBParameterGroup")
def refuse_parameters(params: Shape, context: Context) -> None:
    """Refuse what PostgreSQL's families do not have or allow."""
    group = context.backend(rds_backends).db_parameter_groups.get((params.get("DBParameterGroupName") or "").lower())
    if group is None or not re.fullmatch(r"postgres\d+", group.family or ""):
        return
    for given in _given(params):
        name, value = str(given.get("ParameterName")), str(given.get("ParameterValue"))
        known = name in _POSTGRES or ("." in name and name.partition(".")[0] in _PREFIXES)
        _check(given, known=known, static=_POSTGRES.get(name) == "static", values=_POSTGRES_VALUES.get(name))
        words = _POSTGRES_LISTS.get(name)
        if words and not {word.strip() for word in value.split(",")} <= set(words.split(",")):
            raise AwsError(
                code=_INVALID, message=f"Invalid parameter value: {value} for: {name} allowed values are: {words}"
            )


@guard("rds", "ModifyDBClusterParameterGroup")
def refuse_cluster_parameters(params: Shape, context: Context) -> None:
    """Refuse what Amazon DocumentDB's families do not have or allow."""
    groups = context.backend(rds_backends).db_cluster_parameter_groups
    group = groups.get((params.get("DBClusterParameterGroupName") or "").lower())
    if group is None or not str(group.db_parameter_group_family).startswith("docdb"):
        return
    for given in _given(params):
        name = str(given.get("ParameterName"))
        values = _DOCUMENTDB_VALUES.get(name)
        _check(given, known=values is not None, static=name in _DOCUMENTDB_STATIC, values=values)


def _given(params: Shape) -> list[dict[str, Any]]:
    given: list[dict[str, Any]] = params.get("Parameters") or []
    if len(given) > _MOST_AT_ONCE:
        raise AwsError(
            code=_INVALID, message=f"You can modify a maximum of {_MOST_AT_ONCE} parameters in a single request."
        )
    return given


def _check(given: dict[str, Any], *, known: bool, static: bool, values: str | None) -> None:
    name, value = str(given.get("ParameterName")), str(given.get("ParameterValue"))
    if not known:
        raise AwsError(code=_INVALID, message=f"Could not find parameter with name: {name}")
    if static and given.get("ApplyMethod") == "immediate":
        raise AwsError(
            code="InvalidParameterCombination", message="cannot use immediate apply method for static parameter"
        )
    if values is not None and not _allows(values, value):
        raise AwsError(code=_INVALID, message=f"Value: {value} is outside of range: {values} for parameter: {name}")


def _allows(values: str, value: str) -> bool:
    bounds = _RANGE.fullmatch(values)
    if bounds is None:
        return value in values.split(",")
    try:
        return float(bounds[1]) <= float(value) <= float(bounds[2])
    except ValueError:
        return False
