"""AWS Systems Manager: moto accepts any KMS key for a SecureString."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.errors import AwsError
from emulator.keys import key_exists
from emulator.registry import Context, guard

if TYPE_CHECKING:
    from emulator.store import Shape


@guard("ssm", "PutParameter")
def refuse_unknown_key(params: Shape, context: Context) -> None:
    """Refuse an unknown key, which AWS needs at once to encrypt the value."""
    key = params.get("KeyId")
    if key and params.get("Type") == "SecureString" and not key_exists(key, context):
        raise AwsError(code="InvalidKeyId", message=f"Invalid keyId {key}")
