"""AWS Lambda: moto drops where failed calls and logs go."""

from __future__ import annotations

from typing import Any

from moto.awslambda.models import LambdaFunction

from emulator.registry import patch

# What a configuration may have and moto neither keeps nor tells.
_DROPPED = ("DeadLetterConfig", "LoggingConfig")


@patch(LambdaFunction, "__init__")
def keep_configuration(
    original: Any, function: Any, account_id: str, spec: dict[str, Any], *args: Any, **kwargs: Any
) -> None:
    """Keep what moto drops when a function is made."""
    original(function, account_id, spec, *args, **kwargs)
    function.kept_configuration = {member: spec[member] for member in _DROPPED if spec.get(member)}


@patch(LambdaFunction, "update_configuration")
def update_configuration(original: Any, function: Any, config_updates: dict[str, Any]) -> dict[str, Any]:
    """Keep what moto drops when a function is changed."""
    function.kept_configuration |= {member: config_updates[member] for member in _DROPPED if member in config_updates}
    updated: dict[str, Any] = original(function, config_updates)
    return updated


@patch(LambdaFunction, "get_configuration")
def tell_configuration(original: Any, function: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
    """Tell what was kept."""
    told: dict[str, Any] = original(function, *args, **kwargs)
    return {**told, **function.kept_configuration}
