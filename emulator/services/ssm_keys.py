"""AWS Systems Manager: a role without a right for the key of a parameter neither reads nor writes its value.

Parameter Store calls KMS on behalf of its caller: Encrypt for a standard parameter, GenerateDataKey for an advanced
one, Decrypt for both, each with the parameter's ARN in the encryption context.
https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html

The rights of a person, who is signed in with a number of an account, are not evaluated here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moto.ssm.models import ssm_backends

from emulator.errors import AwsError
from emulator.keys import find_key
from emulator.permissions import policy_admits, role_actions
from emulator.registry import Context, guard
from emulator.services.ssm import ADVANCED, DEFAULT_KEY, SECURE, latest_version, tier_of, type_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.conditions import Values
    from emulator.store import Shape

_DECRYPT: Final = "kms:Decrypt"


@guard("ssm", "PutParameter")
def refuse_to_encrypt(params: Shape, context: Context) -> None:
    """Refuse a value that the caller's role may not encrypt."""
    if type_of(params, context) != SECURE:
        return
    present = latest_version(context.backend(ssm_backends), params["Name"])
    action = "kms:GenerateDataKey" if tier_of(params, present) == ADVANCED else "kms:Encrypt"
    _require(action, params.get("KeyId") or DEFAULT_KEY, params["Name"], context)


@guard("ssm", "GetParameter", "GetParameters")
def refuse_to_decrypt(params: Shape, context: Context) -> None:
    """Refuse to read values that the caller's role may not decrypt."""
    if not params.get("WithDecryption"):
        return
    for parameter in _found(params, context):
        if parameter.parameter_type == SECURE:
            _require(_DECRYPT, parameter.keyid or DEFAULT_KEY, parameter.name, context)


def may_use_key(role: str, action: str, key: Any, parameter: str) -> bool:
    """Return whether a role may do that with moto's key for a parameter, by its ARN."""
    _, _, _, region, account, *_ = parameter.split(":")
    sent: Values = {
        "kms:viaservice": (f"ssm.{region}.amazonaws.com",),
        "kms:encryptioncontext:parameter_arn": (parameter,),
        "kms:encryptioncontextkeys": ("PARAMETER_ARN",),
        "kms:resourcealiases": tuple(key.aliases),
        "kms:calleraccount": (account,),
    }
    return bool(role_actions(role, (action,), key.arn, sent=sent)) and policy_admits(key.policy, role, action, sent)


def _found(params: Shape, context: Context) -> Iterator[Any]:
    backend = context.backend(ssm_backends)
    for name in params.get("Names") or [params["Name"]]:
        plain = name.partition(":parameter")[2] if name.startswith("arn:") else name.partition(":")[0]
        if (parameter := latest_version(backend, plain)) is not None:
            yield parameter


def _require(action: str, key_id: str, name: str, context: Context) -> None:
    """Refuse what the caller's role may not do; the key of AWS's own lets Parameter Store use it for each caller."""
    if context.role is None or key_id.rpartition(":")[2] == DEFAULT_KEY:
        return
    key = find_key(key_id, context)
    parameter = context.arn(f"parameter{name}" if name.startswith("/") else f"parameter/{name}")
    if key is not None and may_use_key(context.role, action, key, parameter):
        return
    raise AwsError(
        code="AccessDeniedException",
        message=f"User: {context.role} is not authorized to perform: {action} on resource: "
        f"{key.arn if key is not None else key_id} for {parameter}",
    )
