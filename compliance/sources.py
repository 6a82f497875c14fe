"""Finds the Python file that makes a resource.

cdktf writes the path of each construct beside a resource (`prod-data/postgres/alarms/cpu`). The file is one in which
the binding of the resource's type is called; where several do, the one whose class is made with the ids of that path.
Nothing is imported: the files are only parsed, so that it also works on a project of other constructs.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from synthesis.template import Resource

FOLDERS: Final = ("stacks", "modules")
"""Where this project makes resources."""

_BINDINGS: Final = "cdktf_cdktf_provider_aws"
_CORE: Final = {"DataResource": "terraform_data"}
_LITERAL, _PATTERN, _ANY = 3, 2, 1
"""How well an id fits: as it is written, as an f-string, or as a variable, which may be anything."""


@dataclass(frozen=True)
class Source:
    """Where a resource is made."""

    file: str
    """Path in the repository, with `/`."""
    line: int


@dataclass(frozen=True)
class _Call:
    source: Source
    owner: str
    """The class in which it stands, empty for none."""
    id_: re.Pattern[str] | None
    """What its id is, None if only a run could say."""
    is_literal: bool

    def fit(self, part: str) -> int:
        """How well it may have made a part of a path; 0 if it has not."""
        if self.id_ is None:
            return _ANY
        if not self.id_.fullmatch(part):
            return 0
        return _LITERAL if self.is_literal else _PATTERN


class Sources:
    """The calls of all constructs in some folders."""

    def __init__(self, root: Path, folders: Iterable[str] = FOLDERS) -> None:
        self._root = root
        self._folders = tuple(folders)

    def find(self, layer: str, resource: Resource) -> Source | None:
        """The place that makes a resource; None if no file calls the binding of its type.

        Args:
            layer: Its stack's layer, which decides between files that fit equally.
            resource: The resource, as the JSON has it.
        """
        path = str(_metadata(resource).get("path", "")).split("/")
        calls = self._makers.get(resource.kind, ())
        rated = [(self._fit(call, path, layer), call) for call in calls]
        best = max((score for score, _ in rated), default=None)
        return next((call.source for score, call in rated if score == best), None)

    def _fit(self, call: _Call, path: list[str], layer: str) -> tuple[int, int, bool]:
        own = call.fit(path[-1]) if path[-1] else _ANY
        above = max((user.fit(path[-2]) for user in self._users(call.owner)), default=0) if len(path) > 1 else 0
        file = call.source.file
        return own, above, file.startswith((f"modules/{layer}/", f"stacks/{layer}"))

    def _users(self, name: str) -> Iterator[_Call]:
        """The calls of a class, or of one that is derived from it."""
        yield from self._calls.get(name, ())
        for derived in self._derived.get(name, ()):
            yield from self._users(derived)

    @cached_property
    def _parsed(self) -> list[tuple[str, ast.Module]]:
        found = []
        for file in sorted(path for folder in self._folders for path in (self._root / folder).rglob("*.py")):
            try:
                module = ast.parse(file.read_text(encoding="utf-8"))
            except (OSError, ValueError, SyntaxError):  # it cannot have made anything
                continue
            found.append((file.relative_to(self._root).as_posix(), module))
        return found

    @cached_property
    def _derived(self) -> dict[str, list[str]]:
        derived = defaultdict(list)
        for _, module in self._parsed:
            for node in ast.walk(module):
                if isinstance(node, ast.ClassDef):
                    for base in node.bases:
                        if isinstance(base, ast.Name) and base.id != node.name:
                            derived[base.id].append(node.name)
        return derived

    @cached_property
    def _calls(self) -> dict[str, list[_Call]]:
        calls = defaultdict(list)
        for file, module in self._parsed:
            for name, call in _calls(file, module):
                calls[name].append(call)
        return calls

    @cached_property
    def _makers(self) -> dict[str, list[_Call]]:
        """The calls of the bindings by the type of resource."""
        makers = defaultdict(list)
        for file, module in self._parsed:
            kinds = _CORE | {
                alias.asname or alias.name: f"aws{node.module.removeprefix(_BINDINGS).replace('.', '_')}"
                for node in ast.walk(module)
                if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(_BINDINGS)
                for alias in node.names
            }
            for name, call in _calls(file, module):
                if name in kinds:
                    makers[kinds[name]].append(call)
        return makers


def _metadata(resource: Resource) -> dict[str, Any]:
    comment = resource.get("//")
    metadata = comment.get("metadata") if isinstance(comment, dict) else None
    return metadata if isinstance(metadata, dict) else {}


def _calls(file: str, node: ast.AST, owner: str = "") -> Iterator[tuple[str, _Call]]:
    """Every call of a class, by its name; the second argument of a construct is its id."""
    for child in ast.iter_child_nodes(node):
        inside = child.name if isinstance(child, ast.ClassDef) else owner
        if isinstance(child, ast.Call):
            function = child.func
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            if name[:1].isupper():
                named = {keyword.arg: keyword.value for keyword in child.keywords}
                id_ = child.args[1] if len(child.args) > 1 else named.get("id_")
                pattern = _pattern(id_)
                yield name, _Call(Source(file, child.lineno), owner, pattern, isinstance(id_, ast.Constant))
        yield from _calls(file, child, inside)


def _pattern(id_: ast.expr | None) -> re.Pattern[str] | None:
    if isinstance(id_, ast.Constant):
        return re.compile(re.escape(str(id_.value)))
    if isinstance(id_, ast.JoinedStr):
        parts = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in id_.values]
        return re.compile("".join(parts))
    return None
