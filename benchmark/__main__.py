"""`make bench`: stock, ours and TypeScript from one run on this machine, so that the figures can be compared."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmark.measure import Measurement, RunFailedError, best_of, run
from synthesis import fast_start

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT: Final = Path(__file__).parent.parent
_COUNTS: Final = (100, 400, 1600)
_WARM_RUNS: Final = 3
_NPM_PACKAGES: Final = ("cdktf@0.21.0", "@cdktf/provider-aws@20.1.0", "constructs@10")


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way to synthesize."""

    name: str
    platform: Sequence[str] | None  # command for our own platform, where this way can do it
    workload: Callable[[int], Sequence[str]]
    environment: dict[str, str]


def main() -> int:
    """Measure all ways and print three tables.

    Returns:
        0, or 1 when a program that was to be measured failed.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        try:
            _measure(Path(scratch))
        except RunFailedError as error:
            print(error, file=sys.stderr)
            return 1
    return 0


def _measure(scratch: Path) -> None:
    stock, ours = _python_ways(scratch)
    ways = [stock, ours]
    typescript = _typescript(scratch)
    if typescript:
        ways.append(typescript)
    _platform(stock, ours)
    _scaling(ways)


def _python_ways(scratch: Path) -> tuple[Way, Way]:
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in {"NODE_OPTIONS", "PYTHONDONTWRITEBYTECODE", fast_start.OFF_SWITCH}
    }
    out = str(scratch / "out")

    def way(name: str, **environment: str) -> Way:
        return Way(
            name=name,
            platform=(sys.executable, "main.py", "--output", out),
            workload=lambda count: (sys.executable, "-m", "benchmark.workload", str(count), out),
            environment=inherited | {fast_start.CACHE_VARIABLE: str(scratch / f"jsii-{name}")} | environment,
        )

    ours = way("ours")
    return way("stock", **{fast_start.OFF_SWITCH: "1"}), ours


def _typescript(scratch: Path) -> Way | None:
    npm = shutil.which("npm")
    node = shutil.which("node")
    if npm is None or node is None:
        print("No npm on PATH: the TypeScript floor is left out.\n")
        return None
    folder = scratch / "typescript"
    folder.mkdir()
    shutil.copy(ROOT / "benchmark" / "workload.cjs", folder)
    print("Fetching the TypeScript bindings from the npm registry ...", flush=True)
    install = [npm, "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(folder), *_NPM_PACKAGES]
    installed = subprocess.run(install, cwd=folder, capture_output=True, text=True, check=False)
    if installed.returncode != 0:
        print(f"npm could not fetch them, so the TypeScript floor is left out:\n{installed.stderr}")
        return None
    return Way(
        name="TypeScript",
        platform=None,
        workload=lambda count: (node, str(folder / "workload.cjs"), str(count), str(scratch / "out-typescript")),
        environment=dict(os.environ),
    )


def _platform(stock: Way, ours: Way) -> None:
    print(f"{'this platform, all environments':<34}{'cold s':>9}{'warm s':>9}{'peak MiB':>10}")
    cold = {way.name: _run(way, way.platform) for way in (stock, ours)}
    # What `make setup` does; without it the index would be made over several runs.
    _run(ours, (sys.executable, "-m", "synthesis.fast_start.warm"))
    warm = _best_in_turn({way.name: (way, way.platform) for way in (stock, ours)})
    for name, best in warm.items():
        print(f"{name:<34}{cold[name].seconds:>9.2f}{best.seconds:>9.2f}{best.peak_mib:>10.0f}", flush=True)
    times = warm["stock"].seconds / warm["ours"].seconds
    share = warm["ours"].peak_mib / warm["stock"].peak_mib
    print(f"ours is {times:.1f} times as fast, with {share:.0%} of the memory\n")


def _scaling(ways: Sequence[Way]) -> None:
    header = "".join(f"{f'{count} s':>9}" for count in _COUNTS)
    print(f"{'one VPC and N subnets, warm':<34}{header}{'ms/resource':>13}{'peak MiB':>10}")
    best = {count: _best_in_turn({way.name: (way, way.workload(count)) for way in ways}) for count in _COUNTS}
    first, last = _COUNTS[0], _COUNTS[-1]
    for way in ways:
        slope = (best[last][way.name].seconds - best[first][way.name].seconds) / (last - first) * 1000
        cells = "".join(f"{best[count][way.name].seconds:>9.2f}" for count in _COUNTS)
        print(f"{way.name:<34}{cells}{slope:>13.2f}{best[last][way.name].peak_mib:>10.0f}")


def _best_in_turn(commands: dict[str, tuple[Way, Sequence[str] | None]]) -> dict[str, Measurement]:
    """Run one after the other, round by round: a machine that is slower for a while is so for all of them."""
    runs: dict[str, list[Measurement]] = {name: [] for name in commands}
    for _ in range(_WARM_RUNS):
        for name, (way, command) in commands.items():
            runs[name].append(_run(way, command))
    return {name: best_of(measurements) for name, measurements in runs.items()}


def _run(way: Way, command: Sequence[str] | None) -> Measurement:
    assert command is not None  # noqa: S101 (only ways that have one get here)
    return run(command, cwd=ROOT, environment=way.environment)


if __name__ == "__main__":
    sys.exit(main())
