"""Imports the provider's bindings without evaluating their annotations.

A generated module has thousands of annotations, and stock Python evaluates each at every import: half of its time. Here
the modules are compiled as if they began with `from __future__ import annotations`: an annotation stays text until a
type check needs it (`type_checks.py`). The compiled code has a cache of its own, in the virtual environment, because
Python's own is for code that is compiled the usual way.
"""

from __future__ import annotations
import __future__

import importlib.util
import marshal
import os
import sys
from contextlib import suppress
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import CodeType, ModuleType

_FLAGS: Final = __future__.annotations.compiler_flag


class BindingsFinder:
    """Finds the modules of one package as Python does, and has them loaded by `_Loader`."""

    def __init__(self, package: str, cache: Path) -> None:
        self._prefix = f"{package}."
        self._cache = cache

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module's spec, None for a module of another package."""
        if not name.startswith(self._prefix):
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and type(spec.loader) is SourceFileLoader:
            spec.loader = _Loader(name, spec.loader.path, self._cache)
        return spec


class _Loader(SourceFileLoader):
    """Loads a module whose annotations are not evaluated."""

    def __init__(self, name: str, path: str, cache: Path) -> None:
        super().__init__(name, path)
        # Without `assert` and `if __debug__`, which hold the type checks, the code is another one: `python -O`.
        self._cached = cache / f"{name}.{sys.implementation.cache_tag}.opt-{sys.flags.optimize}"

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 (as Python calls it)
        """The module's code, from the cache if its source has not changed."""
        stat = os.stat(self.path)  # noqa: PTH116 (called often)
        version = importlib.util.MAGIC_NUMBER + b"%d %d\n" % (stat.st_mtime_ns, stat.st_size)
        try:
            content = self._cached.read_bytes()
        except OSError:
            content = b""
        if content.startswith(version):
            with suppress(EOFError, ValueError, TypeError):  # cut off by a full disk
                cached: CodeType = marshal.loads(content[len(version) :])  # noqa: S302 (written below)
                return cached
        code: CodeType = compile(self.get_data(self.path), self.path, "exec", flags=_FLAGS, dont_inherit=True)
        self._write(version + marshal.dumps(code))
        return code

    def _write(self, content: bytes) -> None:
        # In one step: another run may read it. A folder that cannot be written costs time only.
        part = self._cached.with_name(f"{self._cached.name}.{os.getpid()}")
        try:
            part.parent.mkdir(exist_ok=True)
            part.write_bytes(content)
            part.replace(self._cached)
        except OSError:
            with suppress(OSError):
                part.unlink()
