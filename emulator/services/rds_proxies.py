"""Amazon RDS Proxy: the secrets by which clients sign in, which moto does not check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from moto.secretsmanager.models import secretsmanager_backends

from emulator.arns import parse_arn
from emulator.errors import AwsError
from emulator.registry import Context, guard

if TYPE_CHECKING:
    from emulator.store import Shape

_MOST_SECRETS: Final = 200


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
