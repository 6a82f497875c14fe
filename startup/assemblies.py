"""The three jsii assemblies, loaded into Node while Python is still importing its own modules.

Loading them is a third of a second of waiting for another process. Here it happens on a thread; whoever imports
`constructs`, `cdktf` or a binding first waits for the thread to end, so the kernel never has two callers.
"""

from __future__ import annotations

import contextlib
import importlib.util
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import jsii

if TYPE_CHECKING:
    from collections.abc import Iterator

PROVIDER_PACKAGE: Final = "cdktf_cdktf_provider_aws"
# Python package -> npm package, in the order in which each needs the one before.
NPM_NAMES: Final = {"constructs": "constructs", "cdktf": "cdktf", PROVIDER_PACKAGE: "@cdktf/provider-aws"}
_SUFFIX: Final = ".jsii.tgz"


def load_early() -> None:
    """Start loading; the first package of the three that is imported waits for it."""
    thread = threading.Thread(target=_load, args=(list(_tarballs()),), name="jsii-assemblies", daemon=True)
    stock_load = jsii.JSIIAssembly.load

    def load_after_the_thread(*args: Any, **kwargs: Any) -> jsii.JSIIAssembly:  # noqa: ANN401 (as jsii has it)
        thread.join()
        return stock_load(*args, **kwargs)

    # Each package calls it while it is imported. Not an import hook: those run under the import lock, and the
    # thread imports too.
    jsii.JSIIAssembly.load = load_after_the_thread  # type: ignore[method-assign]
    thread.start()


def _tarballs() -> Iterator[tuple[str, str, Path]]:
    for package, npm_name in NPM_NAMES.items():
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            message = f"{package} is not installed: run 'make setup'"
            raise RuntimeError(message)
        for path in Path(spec.origin).parent.joinpath("_jsii").glob(f"*{_SUFFIX}"):
            yield npm_name, path.name.removesuffix(_SUFFIX).rpartition("@")[2], path


def _load(tarballs: list[tuple[str, str, Path]]) -> None:
    # An error comes up again, in the open, when the package itself is imported and loads its assembly.
    with contextlib.suppress(Exception):
        for name, version, path in tarballs:
            jsii.kernel.load(name, version, str(path))
