"""What the tables of an environment need of each other: all checks of it, in the order in which they report."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from config.aws import role_account
from config.canaries import CANARY_CHECKS
from config.containers import check_session_paths
from config.cost import check_monitor_account
from config.database_connections import (
    check_documentdb_connections,
    check_postgres_connections,
    check_proxy_leaves_connections,
)
from config.delivery_checks import DELIVERY_CHECKS
from config.errors import Problem
from config.firewall import (
    check_firewall_body_limit,
    check_firewall_has_entrance,
    check_web_acl_fits,
)
from config.images import check_images
from config.log_destinations import check_log_destinations
from config.model import Check
from config.network import FARGATE_TASK_ENDPOINTS
from config.notifications import check_alarm_receivers
from config.objectives import check_objectives_are_stricter_than_rollbacks, check_objectives_have_requests
from config.origin_name import check_origin_name
from config.parts import (
    check_backups_have_a_bucket,
    check_edge_has_origin,
    check_edge_timeout,
    check_health_check_has_site,
    check_health_check_is_answered,
    check_internal_load_balancer,
    check_load_balancer_has_domain,
    check_parameters,
    check_paths_have_load_balancer,
    check_spot_leaves_a_task,
    check_strategy_has_paths,
)
from config.postgres import MIN_RETENTION_DAYS, PROTECTED_BACKUP_DAYS
from config.recovery_checks import RECOVERY_CHECKS
from config.role_checks import (
    check_master_has_another_name,
    check_proxied_roles,
    check_rotation_is_longer_than_a_release,
    check_service_roles,
    check_tokens_reach_replicas,
)
from config.routing import check_hidden_paths, check_static_path, check_unique_paths, check_unique_priorities
from config.services import ServiceSettings
from config.sleep import check_sleep_is_allowed
from config.sleep_windows import check_sleep_windows
from config.smoke_tests import check_smoke_paths, check_smoke_test_reaches_aws
from config.tracing import TRACING_CHECKS
from config.zone_features import (
    check_arm_zones,
    check_documentdb_region,
    check_origin_zones,
    check_proxy_zones,
    check_task_zones,
    check_zone_regions,
)


def _check_trail_lock(protect_data: bool, security__trail__lock_days: int | None) -> Iterator[Problem]:  # noqa: FBT001 (a setting)
    if security__trail__lock_days and not protect_data:
        yield Problem(
            key="security.trail.lock_days",
            value=security__trail__lock_days,
            allowed="must not be set where protect_data = false, because a locked trail cannot be destroyed; "
            "remove it, or set protect_data = true",
        )


def _check_role_account(account_id: str, deploy_role_arn: str | None) -> Iterator[Problem]:
    if deploy_role_arn and role_account(deploy_role_arn) != account_id:
        yield Problem(
            key="deploy_role_arn",
            value=deploy_role_arn,
            allowed=f'is not in the account "{account_id}"; use a role of that account',
        )


def _check_deploy_role(deploy_role_arn: str | None, security__github: object) -> Iterator[Problem]:
    if deploy_role_arn and security__github:
        yield Problem(
            key="deploy_role_arn",
            value=deploy_role_arn,
            allowed="cannot be set with [security.github]: the pipeline would assume it and leave the limits of its "
            "own role; remove one of them",
        )


def _check_backup_lock(protect_data: bool, backups__object_lock_days: int | None) -> Iterator[Problem]:  # noqa: FBT001 (a setting)
    if backups__object_lock_days and not protect_data:
        yield Problem(
            key="backups.object_lock_days",
            value=backups__object_lock_days,
            allowed="must not be set where protect_data = false, because locked objects cannot be destroyed; "
            "remove it, or set protect_data = true",
        )


def _check_postgres_backups(protect_data: bool, postgres__backup_retention_days: int | None) -> Iterator[Problem]:  # noqa: FBT001 (a setting)
    if protect_data:
        yield from _problems_with_backups("postgres", postgres__backup_retention_days)


def _check_documentdb_backups(protect_data: bool, documentdb__backup_retention_days: int | None) -> Iterator[Problem]:  # noqa: FBT001 (a setting)
    if protect_data:
        yield from _problems_with_backups("documentdb", documentdb__backup_retention_days)


def _problems_with_backups(database: str, days: int | None) -> Iterator[Problem]:
    # The databases' own check reports fewer days than AWS allows.
    if days is not None and MIN_RETENTION_DAYS <= days < PROTECTED_BACKUP_DAYS:
        yield Problem(
            key=f"{database}.backup_retention_days",
            value=days,
            allowed=f"must be {PROTECTED_BACKUP_DAYS} or more where protect_data = true; "
            "raise it, or set protect_data = false",
        )


def _check_service_count(services: Mapping[str, ServiceSettings]) -> Iterator[Problem]:
    if not services:
        yield Problem(key="services", allowed="must have at least one table, like [services.backend]")


def _check_endpoint_access(
    *,
    network__nat_gateways: str,
    network__interface_endpoints: Sequence[str],
    cluster__execute_command: bool,
    services: Mapping[str, ServiceSettings],
    postgres: object,
    documentdb: object,
    cost__sleep: object,
) -> Iterator[Problem]:
    if network__nat_gateways != "none":
        return
    shells = cluster__execute_command
    used = {endpoint for service in services.values() for endpoint in used_endpoints(service, shells=shells)}
    used -= {*FARGATE_TASK_ENDPOINTS, *network__interface_endpoints}  # [network] has its own check of the former
    missing = [endpoint for endpoint in ("ssm", "xray", "ssmmessages", "kms") if endpoint in used]
    if missing:
        yield Problem(
            key="network.interface_endpoints",
            value=tuple(network__interface_endpoints),
            allowed="without NAT gateways the services cannot reach their parameters or X-Ray, "
            "and no shell opens in them; "
            f"add {', '.join(missing)}",
        )
    if postgres is None and documentdb is None:
        return
    of_roles = [endpoint for endpoint in role_endpoints(sleeps=cost__sleep is not None) if endpoint not in missing]
    if unreached := [endpoint for endpoint in of_roles if endpoint not in network__interface_endpoints]:
        yield Problem(
            key="network.interface_endpoints",
            value=tuple(network__interface_endpoints),
            allowed="without NAT gateways the functions that make the roles of the databases and replace their "
            f"passwords cannot reach AWS; add {', '.join(unreached)}",
        )


TUNNEL_ENDPOINTS: Final = ("ssmmessages",)
"""What the agent in the task of a tunnel calls. The document of AWS that forwards a port names no key of KMS.

https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-schema.html
"""


def used_endpoints(service: ServiceSettings, *, shells: bool) -> Iterator[str]:
    """The AWS services that a service's tasks reach by an interface endpoint or the internet; S3 has its own way."""
    yield from FARGATE_TASK_ENDPOINTS
    if service.secrets or service.parameters:
        yield "ssm"
    if service.tracing:
        yield "xray"
    if shells:
        # The agent in the task decrypts the session's key itself:
        # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
        yield from ("ssmmessages", "kms")


def role_endpoints(*, sleeps: bool) -> tuple[str, ...]:
    """The AWS services that the functions of the databases' roles reach from the private subnets.

    Parameter Store and Secrets Manager have what they read and write, ECS says which tasks run, and RDS whether a
    database that sleeps is awake. Lambda itself writes their logs.
    """
    return ("ssm", "secretsmanager", "ecs", *(("rds",) if sleeps else ()))


PLACE_CHECKS: Final[tuple[Check, ...]] = (
    check_zone_regions,
    check_proxy_zones,
    check_task_zones,
    check_arm_zones,
    check_origin_zones,
    check_documentdb_region,
    check_internal_load_balancer,
    check_web_acl_fits,
    _check_endpoint_access,
)
"""What the tables need of the region and its network, so that it is asked of the second region, too."""

CHECKS: Final[tuple[Check, ...]] = (
    _check_trail_lock,
    _check_role_account,
    check_zone_regions,
    check_proxy_zones,
    check_task_zones,
    check_arm_zones,
    check_origin_zones,
    check_documentdb_region,
    _check_deploy_role,
    _check_backup_lock,
    _check_postgres_backups,
    _check_documentdb_backups,
    _check_service_count,
    check_load_balancer_has_domain,
    check_edge_has_origin,
    check_origin_name,
    check_health_check_has_site,
    check_health_check_is_answered,
    check_internal_load_balancer,
    check_firewall_has_entrance,
    check_firewall_body_limit,
    check_web_acl_fits,
    check_paths_have_load_balancer,
    check_strategy_has_paths,
    check_smoke_paths,
    check_smoke_test_reaches_aws,
    check_spot_leaves_a_task,
    check_service_roles,
    check_master_has_another_name,
    check_rotation_is_longer_than_a_release,
    check_proxied_roles,
    check_tokens_reach_replicas,
    check_proxy_leaves_connections,
    check_postgres_connections,
    check_documentdb_connections,
    check_parameters,
    check_backups_have_a_bucket,
    check_images,
    check_session_paths,
    _check_endpoint_access,
    check_alarm_receivers,
    check_objectives_have_requests,
    check_objectives_are_stricter_than_rollbacks,
    check_log_destinations,
    check_sleep_is_allowed,
    check_sleep_windows,
    check_unique_paths,
    check_unique_priorities,
    check_hidden_paths,
    check_static_path,
    check_edge_timeout,
    check_monitor_account,
    *DELIVERY_CHECKS,
    *CANARY_CHECKS,
    *TRACING_CHECKS,
    *RECOVERY_CHECKS,
)
