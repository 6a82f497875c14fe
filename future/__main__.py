"""`python -m future`: walks the lanes off cdktf, and says of each step what it has found."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from console import program
from console.table import table
from future.errors import FutureError
from future.lanes import LANES
from future.rename import uncommitted
from future.walk import Walk, synthesize_today

if TYPE_CHECKING:
    from collections.abc import Sequence

    from future.walk import Done

_ROOT: Final = Path(__file__).parents[1]
_UNIT: Final = "not terraform and not stock and not emulator"
_OK, _FAILED, _REFUSED, _INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str]) -> int:
    """Walk the lanes.

    Returns:
        0 if all lead where they should; 1 if one does not; 2 if none can be walked.
    """
    parser = argparse.ArgumentParser(prog="python -m future", description="Walks the ways out of archived cdktf.")
    parser.add_argument("--lane", choices=sorted(LANES), help="one lane (default: all)")
    parser.add_argument("--environments", type=Path, default=_ROOT / ".venv", help="where the lanes' packages are")
    parser.add_argument("--mark", default=_UNIT, help="marks of the unit tests")
    parser.add_argument("--leave-out", action="append", default=[], help="a path without unit tests")
    chosen = parser.parse_args(arguments)
    lanes = [LANES[chosen.lane]] if chosen.lane else list(LANES.values())
    unit = ["-m", chosen.mark, *(f"--ignore={path}" for path in chosen.leave_out)]
    done: list[Done] = []
    errors = []
    try:
        if changed := uncommitted(_ROOT):
            print(f"{len(changed)} files are not committed, such as {changed[0]}; they count, as they are now.")
        with tempfile.TemporaryDirectory(prefix="future-") as temporary:
            today = Path(temporary) / "today"
            synthesize_today(_ROOT, today)
            for lane in lanes:
                work = Path(temporary) / lane.name
                work.mkdir()
                walk = Walk(
                    lane=lane,
                    root=_ROOT,
                    today=today,
                    work=work,
                    environments=chosen.environments.absolute(),
                    unit=unit,
                    done=done,
                )
                if error := walk.run():
                    errors.append(error)
    except FutureError as error:
        print(error, file=sys.stderr)
        return _REFUSED
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return _INTERRUPTED
    rows = [(one.lane, one.step, f"{one.seconds:.1f}", one.result) for one in done]
    print(f"\n{table([('lane', 'step', 'seconds', 'result'), *rows])}\n", flush=True)
    if errors:
        print(*errors, sep="\n\n", file=sys.stderr)
        print("\nWhat a failure means, and what to do: docs/leaving-cdktf.md.", file=sys.stderr)
        return _FAILED
    print(f"Proven today: {', '.join(lane.name for lane in lanes)}. The steps of a move: docs/leaving-cdktf.md.")
    return _OK


if __name__ == "__main__":
    program.run(lambda: main(sys.argv[1:]))
