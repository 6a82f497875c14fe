"""Passes plain values to Node as they are.

jsii looks into each value of each argument for objects that Node must know, most of which are absent or text. The
answer for those is known from their type.
"""

from __future__ import annotations

from typing import Any, Final

from jsii import _kernel

_PLAIN: Final = frozenset({str, bool, int, float, type(None)})

_stock_reference: Final = _kernel._make_reference_for_native  # noqa: SLF001


def install() -> None:
    """Replace jsii's own function by this one; a second call changes nothing."""
    _kernel._make_reference_for_native = _make_reference_for_native  # type: ignore[assignment]  # noqa: SLF001


def _make_reference_for_native(kernel: Any, value: Any) -> Any:  # noqa: ANN401 (as jsii has it)
    return value if type(value) in _PLAIN else _stock_reference(kernel, value)
