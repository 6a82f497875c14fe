"""The descriptions of settings: the docstrings below them.

Read from the source when one is needed: pydantic's own way reads all of them at each start, which takes half as long as
the rest of the settings together.
"""

import ast
import inspect
import textwrap
from collections.abc import Mapping
from functools import cache
from itertools import pairwise

from pydantic import BaseModel


@cache
def descriptions(model: type[BaseModel]) -> Mapping[str, str]:
    """The description of each setting of the model that has one, also of those that it inherits."""
    found: dict[str, str] = {}
    for class_ in reversed(model.__mro__):
        if issubclass(class_, BaseModel) and class_ is not BaseModel:
            found |= _own(class_)
    return found


def _own(class_: type[BaseModel]) -> dict[str, str]:
    definition = ast.parse(textwrap.dedent(inspect.getsource(class_))).body[0]
    assert isinstance(definition, ast.ClassDef)  # noqa: S101 (the source of a class)
    return {
        setting.target.id: inspect.cleandoc(text.value.value)
        for setting, text in pairwise(definition.body)
        if isinstance(setting, ast.AnnAssign)
        and isinstance(setting.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }
