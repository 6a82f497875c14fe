"""Amazon RDS Proxy: the secrets by which clients sign in, which moto does not check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moto.rds.models import rds_backends
from moto.secretsmanager.models import secretsmanager_backends

from emulator.arns import parse_arn
from emulator.clock import now
from emulator.errors import AwsError
from emulator.registry import Context, guard, operation

if TYPE_CHECKING:
    from emulator.store import Shape

_MOST_SECRETS: Final = 200
# Members of an update, by moto's attribute; each replaces what there was. AWS cannot change the subnets:
# https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBProxy.html
_CHANGEABLE: Final = {
    "Auth": "auth",
    "RequireTLS": "require_tls",
    "IdleClientTimeout": "idle_client_timeout",
    "DebugLogging": "debug_logging",
    "RoleArn": "role_arn",
    "SecurityGroups": "vpc_security_group_ids",
}


@guard("rds", "CreateDBProxy", "ModifyDBProxy")
def refuse_secrets(params: Shape, _: Context) -> None:
    """Refuse more secrets than a proxy can have, and one that does not exist.

    AWS publishes the limit and not the texts:
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.html#rds-proxy.limitations
    """
    arns = [auth["SecretArn"] for auth in params.get("Auth") or () if auth.get("SecretArn")]
    if len(arns) > _MOST_SECRETS:
        message = f"A proxy can have at most {_MOST_SECRETS} secrets; {len(arns)} were given."
        raise AwsError(code="InvalidParameterValue", message=message)
    for text in arns:
        arn = parse_arn(text)
        found = secretsmanager_backends[arn.account][arn.region].secrets.get(text) if arn else None
        if found is None or found.is_deleted():
            raise AwsError(code="InvalidParameterValue", message=f"The secret {text} does not exist.")


@operation("rds", "ModifyDBProxy")
def change_proxy(params: Shape, context: Context) -> Shape:
    """Change the given members, and the name."""
    proxies = context.backend(rds_backends).db_proxies
    name = params["DBProxyName"]
    if name not in proxies:
        raise AwsError(code="DBProxyNotFoundFault", message=f"DB proxy {name} not found.")
    proxy = proxies[name]
    if (new := params.get("NewDBProxyName", name)) != name:
        if new in proxies:
            raise AwsError(code="DBProxyAlreadyExistsFault", message=f"Cannot create the DBProxy: {new} exists.")
        proxy.db_proxy_name = new
        proxies[new] = proxies.pop(name)
    for member, attribute in _CHANGEABLE.items():
        if member in params:
            setattr(proxy, attribute, params[member])
    proxy.updated_date = now()
    return {"DBProxy": _describe(proxy)}


def _describe(proxy: Any) -> Shape:
    return {
        "DBProxyName": proxy.db_proxy_name,
        "DBProxyArn": proxy.arn,
        "Status": proxy.status,
        "EngineFamily": proxy.engine_family,
        "VpcId": proxy.vpc_id,
        "VpcSecurityGroupIds": proxy.vpc_security_group_ids,
        "VpcSubnetIds": proxy.vpc_subnet_ids,
        "Auth": proxy.auth,
        "RoleArn": proxy.role_arn,
        "Endpoint": proxy.endpoint,
        "RequireTLS": proxy.require_tls,
        "IdleClientTimeout": proxy.idle_client_timeout,
        "DebugLogging": proxy.debug_logging,
        "CreatedDate": proxy.created_date,
        "UpdatedDate": proxy.updated_date,
    }
