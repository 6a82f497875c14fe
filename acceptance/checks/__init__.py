"""What must hold in an account once a layer is applied: read from the API, not from Terraform.

A module is named after a layer. Each of its functions `check_*(environment, session)` gets the environment's settings
and a boto3 session, and yields a sentence for each problem.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    import boto3

    from config.environment import Environment


class Check(Protocol):
    """One such function."""

    __name__: str

    def __call__(self, environment: Environment, session: boto3.Session) -> Iterable[str]:
        """Yield the problems."""
        ...


def find_checks(layers: Collection[str]) -> Iterator[tuple[str, Check]]:
    """The checks of these layers, each with its layer."""
    for layer in pkgutil.iter_modules(__path__):
        if layer.name not in layers:
            continue
        module = importlib.import_module(f"{__name__}.{layer.name}")
        for name, function in vars(module).items():
            if name.startswith("check_"):
                yield layer.name, function
