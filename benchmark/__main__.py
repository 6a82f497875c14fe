"""`make bench`: stock, ours and TypeScript in one run on this machine, so that the figures are comparable."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmark import plans
from benchmark.measure import Measurement, RunFailedError, best_of, run
from console import program
from synthesis import fast_start

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT: Final = Path(__file__).parent.parent
_COUNTS: Final = (100, 400, 1600)
_WARM_RUNS: Final = 3
_NPM_PACKAGES: Final = ("cdktf@0.21.0", "@cdktf/provider-aws@20.1.0", "constructs@10")


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One way to synthesize."""

    name: str
    platform: Sequence[str] | None  # command for this platform, if this variant supports it
    workload: Callable[[int], Sequence[str]]
    environment: dict[str, str]


def main() -> int:
    """Measure all variants and print the tables.

    Returns:
        0, or 1 if a measured program failed.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        try:
            _measure(Path(scratch))
        except RunFailedError as error:
            print(error, file=sys.stderr)
            return 1
    return 0


def _measure(scratch: Path) -> None:
    stock, ours = _python_variants(scratch)
    variants = [stock, ours]
    typescript = _typescript(scratch)
    if typescript:
        variants.append(typescript)
    _platform(stock, ours)
    _scaling(variants)
    plans.measure(scratch)


def _python_variants(scratch: Path) -> tuple[Variant, Variant]:
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in {"NODE_OPTIONS", "PYTHONDONTWRITEBYTECODE", fast_start.OFF_SWITCH}
    }
    out = str(scratch / "out")

    def variant(name: str, **environment: str) -> Variant:
        return Variant(
            name=name,
            platform=(sys.executable, "main.py", "--output", out),
            workload=lambda count: (sys.executable, "-m", "benchmark.workload", str(count), out),
            environment=inherited | {fast_start.CACHE_VARIABLE: str(scratch / f"jsii-{name}")} | environment,
        )

    ours = variant("ours")
    return variant("stock", **{fast_start.OFF_SWITCH: "1"}), ours


def _typescript(scratch: Path) -> Variant | None:
    npm = shutil.which("npm")
    node = shutil.which("node")
    if npm is None or node is None:
        print("npm is not on PATH: TypeScript is not measured.\n")
        return None
    folder = scratch / "typescript"
    folder.mkdir()
    shutil.copy(ROOT / "benchmark" / "workload.cjs", folder)
    print("Fetching the TypeScript bindings from the npm registry ...", flush=True)
    install = [npm, "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(folder), *_NPM_PACKAGES]
    installed = subprocess.run(
        install, cwd=folder, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False
    )
    if installed.returncode != 0:
        print(f"npm could not fetch them, so TypeScript is not measured:\n{installed.stderr}")
        return None
    return Variant(
        name="TypeScript",
        platform=None,
        workload=lambda count: (node, str(folder / "workload.cjs"), str(count), str(scratch / "out-typescript")),
        environment=dict(os.environ),
    )


def _platform(stock: Variant, ours: Variant) -> None:
    print(f"{'this platform, all environments':<34}{'cold s':>9}{'warm s':>9}{'peak MiB':>10}")
    cold = {variant.name: _run(variant, variant.platform) for variant in (stock, ours)}
    # As `make setup` does; without it the index would be written over several runs.
    _run(ours, (sys.executable, "-m", "synthesis.fast_start.warm"))
    warm = _best_in_turn({variant.name: (variant, variant.platform) for variant in (stock, ours)})
    for name, best in warm.items():
        print(f"{name:<34}{cold[name].seconds:>9.2f}{best.seconds:>9.2f}{best.peak_mib:>10.0f}", flush=True)
    times = warm["stock"].seconds / warm["ours"].seconds
    share = warm["ours"].peak_mib / warm["stock"].peak_mib
    print(f"ours is {times:.1f} times as fast, with {share:.0%} of the memory\n")


def _scaling(variants: Sequence[Variant]) -> None:
    header = "".join(f"{f'{count} s':>9}" for count in _COUNTS)
    print(f"{'one VPC and N subnets, warm':<34}{header}{'ms/resource':>13}{'peak MiB':>10}")
    best = {
        count: _best_in_turn({variant.name: (variant, variant.workload(count)) for variant in variants})
        for count in _COUNTS
    }
    first, last = _COUNTS[0], _COUNTS[-1]
    for variant in variants:
        slope = (best[last][variant.name].seconds - best[first][variant.name].seconds) / (last - first) * 1000
        cells = "".join(f"{best[count][variant.name].seconds:>9.2f}" for count in _COUNTS)
        print(f"{variant.name:<34}{cells}{slope:>13.2f}{best[last][variant.name].peak_mib:>10.0f}")


def _best_in_turn(commands: dict[str, tuple[Variant, Sequence[str] | None]]) -> dict[str, Measurement]:
    """Run them in turn, so that a slow phase of the machine affects all of them."""
    runs: dict[str, list[Measurement]] = {name: [] for name in commands}
    for _ in range(_WARM_RUNS):
        for name, (variant, command) in commands.items():
            runs[name].append(_run(variant, command))
    return {name: best_of(measurements) for name, measurements in runs.items()}


def _run(variant: Variant, command: Sequence[str] | None) -> Measurement:
    assert command is not None  # noqa: S101 (only variants that have one get here)
    return run(command, cwd=ROOT, environment=variant.environment)


if __name__ == "__main__":
    program.run_alone(main, module="benchmark", description=__doc__)
