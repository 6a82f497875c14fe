"""Validates a parsed request against its botocore shape, with AWS's messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.validate import ParamValidator

from emulator.errors import AwsError
from emulator.protocol import service_model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator.registry import Context
    from emulator.store import Shape

_CODES = {
    # Older services have another code for an invalid request.
    "backup": "InvalidParameterValueException",
    "chatbot": "InvalidRequestException",
    "cloudfront": "InvalidArgument",
    "cloudwatch": "ValidationError",
    "codebuild": "InvalidInputException",
    "logs": "InvalidParameterException",
    "rds": "InvalidParameterValue",
    "route53": "InvalidInput",
    "xray": "InvalidRequestException",
}

_NUMBERS = {"double", "float", "integer", "long"}
_SIZED = {"list", "map", "string"}
_PYTHON_TYPES: dict[str, Any] = {
    "list": list,
    "map": dict,
    "string": str,
    "structure": dict,
    **dict.fromkeys(_NUMBERS, (float, int)),
}
_TYPES = {"bool": "Boolean", "str": "String", "float": "Double", "int": "Integer"}


def check(service: str, params: Shape, shape: Any) -> None:
    """Raise the service's validation error unless the members are complete, typed and in range."""
    if shape is None:
        return
    problems = [*_broken_members(params, shape), *_values_not_allowed(params, shape)]
    if problems:
        plural = "" if len(problems) == 1 else "s"
        message = f"{len(problems)} validation error{plural} detected: {'; '.join(problems)}"
        raise AwsError(code=_CODES.get(service, "ValidationException"), message=message)


def check_call(params: Shape, context: Context) -> None:
    """Validate a call that moto answers, because moto does not."""
    model = service_model(context.service)
    check(context.service, params, model.operation_model(context.operation).input_shape)


def _broken_members(params: Shape, shape: Any) -> Iterator[str]:
    """Let botocore find the problems; its report stores them as (reason, place, details)."""
    report = ParamValidator().validate(params, shape)
    for reason, name, details in report._errors:  # noqa: SLF001  the public report is one English text
        place = ".".join(part for part in (name.lstrip("."), details.get("required_name", "")) if part)
        if reason == "missing required field":
            yield f"Value null at '{place}' failed to satisfy constraint: Member must not be null"
        elif reason == "invalid type":
            raise AwsError(code="SerializationException", message=_mistaken(details["param"], details["valid_types"]))
        elif reason == "invalid range":
            least = details["min_allowed"]
            yield (
                f"Value '{details['param']}' at '{place}' failed to satisfy constraint: "
                f"Member must have value greater than or equal to {least}"
            )
        elif reason == "invalid length":
            least = details["min_allowed"]
            yield (
                f"Value at '{place}' failed to satisfy constraint: "
                f"Member must have length greater than or equal to {least}"
            )
        else:
            yield f"Value at '{place}' failed to satisfy constraint: {reason}"


def _mistaken(value: Any, wanted: list[str]) -> str:
    """Return the message of AWS's own parser for a value of the wrong type."""
    if isinstance(value, dict):
        return "Start of structure or map found where not expected."
    if isinstance(value, list):
        return "Start of list found where not expected"
    if isinstance(value, bool):
        found = f"{value}_VALUE".upper()
    else:
        found = "STRING_VALUE" if isinstance(value, str) else "NUMBER_VALUE"
    names = (name for kind, name in _TYPES.items() if kind in str(wanted))
    return f"{found} can not be converted to {next(names, 'the expected type')}"


def _values_not_allowed(params: Shape, shape: Any) -> Iterator[str]:
    """Find what botocore leaves to the server: values over a maximum or outside an enumeration."""
    for place, value, one in _nested("", params, shape):
        most = one.metadata.get("max")
        if most is not None and one.type_name in _SIZED and len(value) > most:
            yield (
                f"Value at '{place}' failed to satisfy constraint: Member must have length less than or equal to {most}"
            )
        elif most is not None and one.type_name in _NUMBERS and value > most:
            yield (
                f"Value '{value}' at '{place}' failed to satisfy constraint: "
                f"Member must have value less than or equal to {most}"
            )
        elif one.type_name == "string" and one.enum and value not in one.enum:
            yield (
                f"Value '{value}' at '{place}' failed to satisfy constraint: "
                f"Member must satisfy enum value set: [{', '.join(one.enum)}]"
            )


def _nested(place: str, value: Any, shape: Any) -> Iterator[tuple[str, Any, Any]]:
    """Iterate over the values with their shape's type: the place, the value and its shape, outermost first."""
    if not isinstance(value, _PYTHON_TYPES.get(shape.type_name, object)):
        return
    yield place, value, shape
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            if value.get(name) is not None:
                yield from _nested(f"{place}.{name}".lstrip("."), value[name], member)
    elif shape.type_name == "list":
        for index, item in enumerate(value, start=1):
            yield from _nested(f"{place}.{index}.member", item, shape.member)
    elif shape.type_name == "map":
        for item in value.values():
            yield from _nested(f"{place}.value", item, shape.value)
