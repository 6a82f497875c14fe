"""Reads free.toml: the types of resources that cost nothing, with the reason and its source."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from config.model import Model
from config.toml import load_model
from pricing.prices import source

FILE: Final = Path(__file__).with_name("free.toml")


class FreeKinds(Model):
    """Types that are free for one reason."""

    reason: Annotated[str, Field(min_length=1)]
    """Why they cost nothing."""
    source: Annotated[str, AfterValidator(source)]
    """The page of AWS that says so."""
    types: tuple[str, ...]
    """The types of Terraform."""


class FreeFile(Model):
    """The whole file."""

    free: Mapping[str, FreeKinds]
    """Groups of types, by name."""


@cache
def free_kinds(file: Path = FILE) -> frozenset[str]:
    """The types that are free.

    Raises:
        ConfigError: with every problem of the file.
    """
    return frozenset(kind for group in load_model(FreeFile, file).free.values() for kind in group.types)
