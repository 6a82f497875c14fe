"""What the variables of the caller's shell may do to a synthesis: nothing that changes its output.

cdktf reads its context, and whether to write HCL, from variables (`CDKTF_CONTEXT_JSON`, `SYNTH_HCL_OUTPUT`); Node loads
any program that `NODE_OPTIONS` names; jsii starts another runtime if `JSII_RUNTIME` is set. The cdktf CLI sets some of
them too, and gets the same output.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

from console import temporary

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

NODE: Final = "JSII_NODE"
CACHE: Final = "JSII_RUNTIME_PACKAGE_CACHE_ROOT"
OUTPUT: Final = "CDKTF_OUTDIR"

_CLEARED: Final = ("CDKTF_", "JSII_", "NODE_", "SYNTH_HCL_OUTPUT", "TERRAFORM_BINARY_NAME")
_KEPT: Final = frozenset({NODE, CACHE, OUTPUT})


def clear(environ: MutableMapping[str, str]) -> None:
    """Remove every variable that cdktf, jsii or Node would obey, but where to write and which Node to use."""
    for name in [name for name in environ if name.startswith(_CLEARED) and name not in _KEPT]:
        del environ[name]


def problem(environ: Mapping[str, str]) -> str | None:
    """Why Node cannot start with these variables, in one line."""
    if found := temporary.problem(environ):
        return found
    if NODE in environ and shutil.which(environ[NODE]) is None:
        return f"{NODE}={environ[NODE]} is not a program: set it to the path of Node, or unset it."
    return None
