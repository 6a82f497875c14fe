"""The three jsii assemblies, loaded into Node while Python imports its own side of them.

Loading them is a third of a second of waiting for another process; importing the bindings is about as long. Here the
loading happens in a thread, and the first call that needs Node waits for that thread: the kernel never has two
callers, and an error of the thread is raised in that call.
"""

from __future__ import annotations

import importlib.util
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import jsii
from jsii import _reference_map

from synthesis.fast_start.ahead import PROVIDER_TYPES, AheadProvider

if TYPE_CHECKING:
    from collections.abc import Iterator

PROVIDER_PACKAGE: Final = "cdktf_cdktf_provider_aws"
# Python package -> npm package, each needs the ones before it.
NPM_NAMES: Final = {"constructs": "constructs", "cdktf": "cdktf", PROVIDER_PACKAGE: "@cdktf/provider-aws"}
_SUFFIX: Final = ".jsii.tgz"
# Every resource class has it; reading its value makes Node load the class.
_STATIC_MEMBER: Final = "TF_RESOURCE_TYPE"


def load_early(provider: Any) -> None:  # noqa: ANN401 (jsii's own)
    """Start loading in a thread, while the packages are imported.

    Args:
        provider: The kernel's provider from now on.
    """
    tarballs = list(_tarballs())
    early = _EarlyLoad(provider, tarballs)
    stock_load = jsii.JSIIAssembly.load

    def load(name: str, *rest: Any, **options: Any) -> jsii.JSIIAssembly:  # noqa: ANN401 (as jsii has it)
        if name in NPM_NAMES.values():
            options["_kernel"] = _NothingToLoad()
        return stock_load(name, *rest, **options)

    jsii.JSIIAssembly.load = load  # type: ignore[method-assign, assignment]
    jsii.kernel.provider = early  # type: ignore[assignment]
    early.start()
    if isinstance(provider, AheadProvider):
        _load_classes_early(provider, early)


def _load_classes_early(provider: AheadProvider, early: _EarlyLoad) -> None:
    """Let Node load the module of each resource class as soon as Python has its own side of it."""
    stock_register = _reference_map.register_type
    waiting: list[str] = []

    def register(class_: Any) -> None:  # noqa: ANN401 (as jsii has it)
        stock_register(class_)
        if _STATIC_MEMBER in vars(class_) and class_.__jsii_type__.startswith(PROVIDER_TYPES):
            waiting.append(class_.__jsii_type__)
        if waiting and early.is_loaded:
            for fqn in waiting:
                provider.load_class(fqn)
            waiting.clear()

    _reference_map.register_type = register  # type: ignore[assignment]


class _EarlyLoad:
    """Replaces the kernel's provider until the assemblies are loaded."""

    def __init__(self, provider: Any, tarballs: list[tuple[str, str, Path]]) -> None:  # noqa: ANN401 (jsii's own)
        self._provider = provider
        self._tarballs = tarballs
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._load, name="jsii-assemblies", daemon=True)

    def start(self) -> None:
        self._thread.start()

    @property
    def is_loaded(self) -> bool:
        """Whether the thread is done, with all assemblies loaded."""
        return not self._thread.is_alive() and self._error is None

    def _load(self) -> None:
        try:
            for name, version, path in self._tarballs:
                request = jsii._kernel.types.LoadRequest(name=name, version=version, tarball=str(path))  # noqa: SLF001
                self._provider.load(request)
        except BaseException as error:  # noqa: BLE001 (raised in the caller's thread)
            self._error = error

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 (whatever the provider has)
        self._thread.join()
        jsii.kernel.provider = self._provider
        if self._error is not None:
            raise self._error
        return getattr(self._provider, name)


class _NothingToLoad:
    """Passed to jsii instead of the kernel for an assembly that the thread loads."""

    def load(self, *_: object) -> None:
        """Do nothing."""


def _tarballs() -> Iterator[tuple[str, str, Path]]:
    for package, npm_name in NPM_NAMES.items():
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            message = f"{package} is not installed: run 'make setup'"
            raise RuntimeError(message)
        for path in Path(spec.origin).parent.joinpath("_jsii").glob(f"*{_SUFFIX}"):
            yield npm_name, path.name.removesuffix(_SUFFIX).rpartition("@")[2], path
