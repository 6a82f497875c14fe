"""AWS Systems Manager: what Parameter Store sends to EventBridge when a parameter changes, which moto does not."""

from __future__ import annotations

import inspect
import json
from typing import TYPE_CHECKING, Any

from moto.events.models import events_backends
from moto.ssm.models import SimpleSystemManagerBackend

from emulator.registry import patch

if TYPE_CHECKING:
    from collections.abc import Iterable


@patch(SimpleSystemManagerBackend, "put_parameter")
def put_parameter(original: Any, *args: Any, **kwargs: Any) -> Any:
    """Say that a parameter was created or updated; its value is in no event.

    https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-cwe.html
    """
    wanted = inspect.signature(original).bind(*args, **kwargs).arguments
    backend, name = wanted["self"], wanted["name"]
    operation = "Update" if name in backend._parameters else "Create"  # noqa: SLF001
    result = original(*args, **kwargs)
    written = backend._parameters[name][-1]  # noqa: SLF001
    _send(backend, operation, name, type=written.parameter_type, description=written.description)
    return result


@patch(SimpleSystemManagerBackend, "delete_parameter")
def delete_parameter(original: Any, backend: Any, name: str) -> None:
    """Say that a parameter was deleted."""
    parameters = _named(backend, [name])
    original(backend, name)
    _send_deletions(backend, parameters)


@patch(SimpleSystemManagerBackend, "delete_parameters")
def delete_parameters(original: Any, backend: Any, names: list[str]) -> list[str]:
    """Say of each parameter that was there that it was deleted."""
    parameters = _named(backend, names)
    deleted: list[str] = original(backend, names)
    _send_deletions(backend, parameters)
    return deleted


def _named(backend: Any, names: Iterable[str]) -> dict[str, Any]:
    found = backend._parameters  # noqa: SLF001
    return {name: found[name][-1] for name in names if found.get(name)}


def _send_deletions(backend: Any, parameters: dict[str, Any]) -> None:
    for name, parameter in parameters.items():
        _send(backend, "Delete", name, type=parameter.parameter_type, description=parameter.description)


def _send(backend: Any, operation: str, name: str, **more: str | None) -> None:
    detail = {"operation": operation, "name": name, **{key: value for key, value in more.items() if value}}
    account, region = backend.account_id, backend.region_name
    event = {
        "Source": "aws.ssm",
        "DetailType": "Parameter Store Change",
        "Detail": json.dumps(detail),
        "Resources": [f"arn:aws:ssm:{region}:{account}:parameter{name if name.startswith('/') else f'/{name}'}"],
    }
    events_backends[account][region].put_events([event])
