"""Reads what synthesis adds to the package of a function: texts that are in no argument of a resource."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

from synthesis.template import texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synthesis.manifest import Stack
    from synthesis.template import Resource


def packaged_texts(stack: Stack) -> Iterator[tuple[Resource, str]]:
    """Every text in the JSON files of the packages of a stack's functions; a package that is not there has none."""
    for function in stack.all("aws_lambda_function"):
        path = stack.folder / str(function.get("filename"))
        if not path.is_file():
            continue
        with zipfile.ZipFile(path) as package:
            for name in package.namelist():
                if name.endswith(".json"):
                    yield from ((function, text) for _, text in texts(json.loads(package.read(name))))
