"""AWS Lambda: moto drops the destinations of failed calls and the logging configuration."""

from __future__ import annotations

from typing import Any

from moto.awslambda.models import LambdaFunction

from emulator.registry import patch

# Members of a configuration that moto neither stores nor returns.
_DROPPED = ("DeadLetterConfig", "LoggingConfig")


@patch(LambdaFunction, "__init__")
def keep_configuration(
    original: Any, function: Any, account_id: str, spec: dict[str, Any], *args: Any, **kwargs: Any
) -> None:
    """Store what moto drops when a function is created."""
    original(function, account_id, spec, *args, **kwargs)
    function.kept_configuration = {member: spec[member] for member in _DROPPED if spec.get(member)}


@patch(LambdaFunction, "update_configuration")
def update_configuration(original: Any, function: Any, config_updates: dict[str, Any]) -> dict[str, Any]:
    """Store what moto drops when a function is changed."""
    function.kept_configuration |= {member: config_updates[member] for member in _DROPPED if member in config_updates}
    updated: dict[str, Any] = original(function, config_updates)
    return updated


@patch(LambdaFunction, "get_configuration")
def return_configuration(original: Any, function: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
    """Return what was stored."""
    returned: dict[str, Any] = original(function, *args, **kwargs)
    return {**returned, **function.kept_configuration}
