"""Python and Node work at the same time: a request whose answer is known is sent and not waited for.

Stock, each of two thousand requests waits for its answer. Most of the answers are known before they come:

- a create returns the next number of the kernel's table of objects;
- a method without a result returns nothing;
- an attribute of a resource and a function of Terraform return a token, whose key the request chooses (`tokens.py`);
- where a construct is in the tree Python knows itself (`tree.py`).

An environment that is complete is written while Python composes the next one (`write_stacks`).

Each answer is compared with what was expected when it comes in. If one differs, or a call fails, the block ends with
`AheadError` and the program runs again without this, so that an error has its own message, place and traceback. The
output cannot differ: the requests are the same, in the same order.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final, NoReturn

import jsii
from jsii import _reference_map

from synthesis.fast_start.pipe import AheadError
from synthesis.fast_start.provider import AheadProvider
from synthesis.fast_start.tokens import PROVIDER_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cdktf import App

    from synthesis.fast_start.node import EarlyNode

# Set for the second run of a program whose first run failed.
OFF_SWITCH: Final = "NOT_AHEAD"
# Every resource class has it.
_STATIC_MEMBER: Final = "TF_RESOURCE_TYPE"
_DEBUGGERS: Final = frozenset({"bdb", "pydevd"})

__all__ = ["AheadError", "ahead", "can_run_again", "install", "release_node", "run_again", "write_stacks"]


def install(node: EarlyNode) -> None:
    """Put an `AheadProvider` between Python and this process of Node."""
    provider = AheadProvider(jsii.kernel.provider, node)
    jsii.kernel.provider = provider  # type: ignore[assignment]
    stock_register = _reference_map.register_type

    def register(class_: Any) -> None:  # noqa: ANN401 (as jsii has it)
        stock_register(class_)
        # Node loads the module of a resource class as soon as Python has its own side of it.
        if _STATIC_MEMBER in vars(class_) and class_.__jsii_type__.startswith(PROVIDER_TYPES):
            with suppress(AheadError):  # Node has ended: the next request that is waited for says why
                provider.load_class(class_.__jsii_type__)

    _reference_map.register_type = register  # type: ignore[assignment]


def write_stacks(app: App) -> None:
    """Let Node write the stacks that the app has so far, while Python goes on; does nothing outside of the block.

    Their lazy values are produced now. What would change one of these stacks later ends the block with `AheadError`.
    """
    provider: object = jsii.kernel.provider
    if isinstance(provider, AheadProvider):
        provider.write_stacks(app.__jsii_ref__)  # type: ignore[attr-defined]


def release_node() -> None:
    """Let Node end if requests are sent ahead; nothing may be asked of it any more."""
    provider: object = jsii.kernel.provider
    if isinstance(provider, AheadProvider):
        provider.release()


@contextmanager
def ahead() -> Iterator[None]:
    """Send requests ahead within the block, and wait for all answers at its end; after the app was created.

    Without an `AheadProvider` in the kernel, the block runs as it would alone.

    Raises:
        AheadError: The block failed. Its own error may be the consequence of an earlier one that is not known here.
    """
    provider: object = jsii.kernel.provider
    if not isinstance(provider, AheadProvider):
        yield
        return
    try:
        provider.begin()
        yield
        provider.end()
    except Exception as error:
        raise AheadError from error


def run_again() -> NoReturn:
    """Replace this process by the same program, which then waits for each answer; its Node has ended before."""
    provider: object = jsii.kernel.provider
    if isinstance(provider, AheadProvider):
        provider.stop()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            if stream is not None:  # closed by the caller
                stream.flush()
    os.execve(sys.executable, sys.orig_argv, os.environ | {OFF_SWITCH: "1"})  # noqa: S606 (the same program)


def can_run_again(environ: Mapping[str, str]) -> bool:
    """Whether this run may send ahead: the second run may not, and a debugger would lose its breakpoints."""
    return environ.get(OFF_SWITCH, "") in {"", "0"} and not _DEBUGGERS & sys.modules.keys()
