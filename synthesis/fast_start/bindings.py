"""The generated bindings, compiled so that importing them evaluates no type annotation.

Stock, the import of a generated module evaluates the annotations of all its functions, a third of its time; a
synthesis calls a few of them. Here they are compiled as under `from __future__ import annotations`, and the checks of a
call evaluate what they need. The compiled files lie beside Python's own, under a name of their own.
"""

from __future__ import annotations
import __future__

import _imp
import importlib.util
import marshal
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import PathFinder, SourceFileLoader
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import CodeType, ModuleType

    from _typeshed import ReadableBuffer

_FLAGS: Final = __future__.annotations.compiler_flag
_NAME: Final = "postponed"
_HEADER_BYTES: Final = 16


def install(*packages: str) -> None:
    """Import these packages and their submodules from now on so."""
    sys.meta_path.insert(0, _Finder(packages))


class _Finder(MetaPathFinder):
    def __init__(self, packages: Sequence[str]) -> None:
        self._packages = frozenset(packages)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] not in self._packages:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


class _Loader(SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType:
        source = self.get_filename(fullname)
        compiled = importlib.util.cache_from_source(source, optimization=_NAME)
        status = Path(source).stat()
        # As Python writes it: https://peps.python.org/pep-0552/
        header = importlib.util.MAGIC_NUMBER + b"".join(
            (number & 0xFFFF_FFFF).to_bytes(4, "little") for number in (0, int(status.st_mtime), status.st_size)
        )
        try:
            data = self.get_data(compiled)
        except OSError:
            data = b""
        if data[:_HEADER_BYTES] == header:
            code: CodeType = marshal.loads(memoryview(data)[_HEADER_BYTES:])  # noqa: S302 (our own file)
            _imp._fix_co_filename(code, source)  # type: ignore[attr-defined] # noqa: SLF001 (the folder may have moved)
            return code
        code = self.source_to_code(self.get_data(source), source)
        if not sys.dont_write_bytecode:
            self.set_data(compiled, header + marshal.dumps(code))  # does nothing where it must not write
        return code

    def source_to_code(self, data: ReadableBuffer | str, path: ReadableBuffer | str | os.PathLike[str]) -> CodeType:  # type: ignore[override]
        # With the checks of types also under `python -O`: the file is the same for each level.
        code: CodeType = compile(data, path, "exec", flags=_FLAGS, dont_inherit=True, optimize=0)  # type: ignore[arg-type]
        return code
