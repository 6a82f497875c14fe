"""Settings of the services' secrets."""

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, Field, WithJsonSchema

from config.aws import NAME_PATTERN, validate_name
from config.errors import Problem
from config.model import Check, Model

_NAME_LENGTH: Final = 40
_MAX_ROTATION_DAYS: Final = 365


def _api_key_name(value: str) -> str:
    return validate_name(value, what="API key name", max_length=_NAME_LENGTH)


def _check_unique_names(api_keys: Sequence[str]) -> Iterator[Problem]:
    for index, name in enumerate(api_keys):
        if name in api_keys[:index]:
            yield Problem(key=f"api_keys[{index}]", value=name, allowed="is listed twice; remove one")


class SecretsSettings(Model):
    """Parameter Store: JWT signing secrets and API keys; the databases add their own credentials."""

    jwt_rotation_days: int = Field(ge=1, le=_MAX_ROTATION_DAYS)
    """Days that a secret signs tokens; it verifies them for as long again, so no token may be valid for longer."""

    api_keys: tuple[
        Annotated[
            str,
            AfterValidator(_api_key_name),
            WithJsonSchema({"type": "string", "pattern": f"^{NAME_PATTERN}$", "maxLength": _NAME_LENGTH}),
        ],
        ...,
    ] = Field(json_schema_extra={"uniqueItems": True})
    """API keys of third parties, one parameter each, which a person sets: `make secrets` shows how."""

    checks: ClassVar[tuple[Check, ...]] = (_check_unique_names,)
