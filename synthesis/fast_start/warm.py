"""Fills the caches once, during setup: `python -m synthesis.fast_start.warm`.

jsii writes an index of an assembly beside it, on a worker thread that ends with the process. A synthesis ends
before the provider's index is written (120 MB of JSON), so without this every run would parse all of it again.
"""

from __future__ import annotations

import compileall
import importlib.util
import os
import sys
import time
from pathlib import Path
from typing import Final

from console import program
from synthesis import fast_start, variables
from synthesis.fast_start.node import NPM_NAMES

_INDEX: Final = ".jsii.runtime-index.v1"
_LONGEST_WAIT_SECONDS: Final = 180


def main() -> int:
    """Load the three assemblies, wait for their indexes, compile what every run imports.

    Returns:
        0, even without an index: runs are then slower, but correct. 1 if the bindings cannot be loaded.
    """
    _compile("jsii", "pydantic")
    if not fast_start.prepare(os.environ):
        return 0
    cache = os.environ.get(fast_start.CACHE_VARIABLE)
    if cache is None:
        return 0
    try:
        import cdktf_cdktf_provider_aws.vpc  # noqa: F401, PLC0415 (loads the assemblies and compiles their bindings)
        from cdktf import Token  # noqa: PLC0415

        # The first call that waits for Node: without one, nobody would read that it could not load them.
        Token.is_unresolved("")
    except Exception as error:  # noqa: BLE001 (whatever jsii raises: the wait below would be in vain)
        sys.unraisablehook = lambda _: None  # what jsii prints about a Node that has ended
        first_line = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
        reason = "its answer is not JSON" if isinstance(error, ValueError) else first_line.removesuffix(".")
        node = os.environ.get(variables.NODE, "node")
        print(f"{node} cannot load the bindings: {reason}. What it printed is above.", file=sys.stderr)
        return 1
    deadline = time.monotonic() + _LONGEST_WAIT_SECONDS
    while not _indexed(Path(cache)):
        if time.monotonic() > deadline:
            print("jsii wrote no index: each run will take a few seconds longer.", file=sys.stderr)
            break
        time.sleep(0.2)
    return 0


def _indexed(cache: Path) -> bool:
    return all(
        any(folder.joinpath(_INDEX).exists() for folder in cache.glob(f"{name}/*/*")) for name in NPM_NAMES.values()
    )


def _compile(*packages: str) -> None:
    for package in packages:
        spec = importlib.util.find_spec(package)
        if spec and spec.origin:
            compileall.compile_dir(Path(spec.origin).parent, quiet=2)


if __name__ == "__main__":
    program.run_alone(main, module="synthesis.fast_start.warm", description=__doc__)
