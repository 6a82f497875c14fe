"""What must hold in an account once a layer is applied: asked of the API, not of Terraform.

A module is named after a layer. Each of its functions `check_*(environment, session)` gets the environment's settings
and a boto3 session, and yields a sentence for each thing that is not as it should be.
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
        """Look, and yield what is wrong."""
        ...


def of_layers(layers: Collection[str]) -> Iterator[tuple[str, Check]]:
    """The checks of these layers, each with its layer."""
    for found in pkgutil.iter_modules(__path__):
        if found.name not in layers:
            continue
        module = importlib.import_module(f"{__name__}.{found.name}")
        for name, function in vars(module).items():
            if name.startswith("check_"):
                yield found.name, function
