"""The `aws` of the rehearsal: version 1, which the tests have, for commands that are written for version 2."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from main import ROOT

if TYPE_CHECKING:
    from pathlib import Path

_SCRIPT = """\
#!/usr/bin/env bash
# Version 1 takes a payload as it is written, and has no option for it.
words=()
while [ $# -gt 0 ]; do
  case $1 in
    --cli-binary-format) shift ;;
    *) words+=("$1") ;;
  esac
  shift
done
exec {program} "${{words[@]}}"
"""


def install(folder: Path) -> None:
    """Write it into a new folder, which belongs before all others on the PATH.

    https://docs.aws.amazon.com/cli/latest/userguide/cliv2-migration-changes.html#cliv2-migration-binaryparam
    """
    folder.mkdir()
    program = folder / "aws"
    program.write_text(
        _SCRIPT.format(program=shlex.quote(str(ROOT / ".venv" / "aws-cli" / "bin" / "aws"))), encoding="utf-8"
    )
    program.chmod(0o755)
