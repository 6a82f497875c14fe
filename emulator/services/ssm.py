"""AWS Systems Manager: moto accepts any KMS key and any size of a value, and keeps the key of an overwritten one."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any, Final

from moto.ssm.models import SimpleSystemManagerBackend, ssm_backends

from emulator.errors import AwsError
from emulator.keys import key_exists
from emulator.registry import Context, guard, patch

if TYPE_CHECKING:
    from emulator.store import Shape

SECURE: Final = "SecureString"
DEFAULT_KEY: Final = "alias/aws/ssm"
_STANDARD, ADVANCED, _INTELLIGENT = "Standard", "Advanced", "Intelligent-Tiering"
# https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
_MOST_CHARACTERS: Final = {_STANDARD: 4096, ADVANCED: 8192}


@guard("ssm", "PutParameter")
def refuse_unknown_key(params: Shape, context: Context) -> None:
    """Refuse an unknown key, which AWS needs at once to encrypt the value."""
    key = params.get("KeyId")
    if key and type_of(params, context) == SECURE and not key_exists(key, context):
        raise AwsError(code="InvalidKeyId", message=f"Invalid keyId {key}")


@guard("ssm", "PutParameter")
def refuse_key_of_plain_text(params: Shape, context: Context) -> None:
    """Refuse a key for a value that is not encrypted.

    https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html (KeyId)
    """
    if params.get("KeyId") and type_of(params, context) != SECURE:
        raise AwsError(code="ValidationException", message="KeyId is required for SecureString type parameter only.")


@guard("ssm", "PutParameter")
def refuse_tier(params: Shape, context: Context) -> None:
    """Refuse to make an advanced parameter a standard one, and a value that is too long for its tier.

    https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
    """
    present = _present(params, context)
    tier = tier_of(params, present)
    if present is not None and present.tier == ADVANCED and tier == _STANDARD:
        raise AwsError(
            code="ValidationException",
            message=(
                "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the "
                "advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced "
                "parameter and recreate it as a standard parameter."
            ),
        )
    most = _MOST_CHARACTERS[tier]
    if len(params.get("Value") or "") > most:
        further = (
            " To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier."
            if tier == _STANDARD
            else ""
        )
        raise AwsError(
            code="ValidationException",
            message=f"{tier} tier parameters support a maximum parameter value of {most} characters.{further}",
        )


@guard("ssm", "PutParameter")
def refuse_other_pattern(params: Shape, context: Context) -> None:
    """Refuse a value that does not match the pattern, which stays if none is sent.

    https://docs.aws.amazon.com/systems-manager/latest/userguide/param-create-cli.html
    """
    pattern, present = params.get("AllowedPattern"), _present(params, context)
    if pattern is None and present is not None:
        pattern = present.allowed_pattern
    if not pattern or not params.get("Value"):
        return
    try:
        matches = re.search(pattern, params["Value"])
    except re.error as error:
        raise AwsError(
            code="InvalidAllowedPatternException",
            message=f"The request does not meet the regular expression requirement: {error}",
        ) from None
    if not matches:
        raise AwsError(
            code="ParameterPatternMismatchException",
            message=f"Parameter value, cannot be validated against allowedPattern: {pattern}",
        )


@patch(SimpleSystemManagerBackend, "put_parameter")
def put_parameter(original: Any, *args: Any, **kwargs: Any) -> Any:
    """Use the account's default key for a value written without one, and store the tier that was chosen.

    moto keeps the key of the value before. AWS: "If you don't specify a key ID, the system uses the default key
    associated with your Amazon Web Services account" (KeyId), while the description, the pattern and the policies stay
    as they are unless they are sent.
    https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
    https://github.com/aws-devtools-labs/aws-blocks/pull/452
    """
    wanted = inspect.signature(original).bind(*args, **kwargs).arguments
    present = latest_version(wanted["self"], wanted["name"])
    kind = wanted["parameter_type"] or (present.parameter_type if present else None)
    if kind == SECURE:
        wanted["keyid"] = wanted["keyid"] or DEFAULT_KEY
    if wanted["tier"] == _INTELLIGENT:
        wanted["tier"] = tier_of({"Tier": _INTELLIGENT, "Value": wanted["value"]}, present)
    return original(**wanted)


def _present(params: Shape, context: Context) -> Any:
    return latest_version(context.backend(ssm_backends), params.get("Name") or "")


def latest_version(backend: Any, name: str) -> Any:
    """Return moto's newest version of a parameter, with its value as it is stored; None if there is none."""
    # moto's get_parameter would decrypt the value.
    parameters = backend._parameters  # noqa: SLF001
    versions = parameters[name] if name in parameters else []  # noqa: SIM401  its `get` knows other names
    return versions[-1] if versions else None


def type_of(params: Shape, context: Context) -> str | None:
    """Return the type that a parameter has after it is written."""
    present = _present(params, context)
    return params.get("Type") or (present.parameter_type if present is not None else None)


def tier_of(params: Shape, present: Any) -> str:
    """Return the tier that a parameter has after it is written; `present` is its newest version."""
    tier = params.get("Tier") or (present.tier if present is not None else None) or _STANDARD
    if tier != _INTELLIGENT:
        return str(tier)
    is_long = len(params.get("Value") or "") > _MOST_CHARACTERS[_STANDARD]
    is_advanced = is_long or params.get("Policies") or (present is not None and present.tier == ADVANCED)
    return ADVANCED if is_advanced else _STANDARD
