"""How every program of the project starts and ends, whatever reads its output.

A reader that has seen enough (`| head`) or a disk that is full must not stop a program halfway, such as an apply: what
cannot be written is dropped, the program goes on, and its exit status says so, as the shell's own programs do.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import TYPE_CHECKING, Final, NoReturn, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed import ReadableBuffer

_LOST, _BROKEN_PIPE = 1, 141
"""Exit statuses; the second one is what a shell reports for a program that SIGPIPE stopped."""

_STANDARD: Final = ("stdout", "stderr")
_ESCAPED: Final = "backslashreplace"
"""What a character becomes that the terminal cannot show; an error halfway would lose what comes after it."""


def run(main: Callable[[], int], *, leave: Callable[[str | int | None], NoReturn] = sys.exit) -> NoReturn:
    """Run a program and exit with its status; if its output was lost, not with 0.

    Args:
        main: The program; it returns its status.
        leave: What ends the process with a status, `sys.exit` or a function like it.
    """
    streams = {name: _Stream.replacing(name) for name in _STANDARD}
    try:
        code: str | int | None = main()
    except SystemExit as error:  # of argparse
        code = error.code
    sys.stdout.flush()
    lost = streams["stdout"].lost if streams["stdout"] else None
    if lost:
        if lost.errno != errno.EPIPE:
            print(f"The output cannot be written: {lost.strerror}.", file=sys.stderr)
        code = code or (_BROKEN_PIPE if lost.errno == errno.EPIPE else _LOST)
    leave(code)


class _Stream(io.FileIO):
    """A standard stream that drops what cannot be written, and remembers the first error."""

    lost: OSError | None = None

    @classmethod
    def replacing(cls, name: str) -> _Stream | None:
        """Put one in the place of `sys.stdout` or `sys.stderr`; None if the stream is closed."""
        old: TextIO | None = getattr(sys, name)
        if not isinstance(old, io.TextIOWrapper):
            setattr(sys, name, old or open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
            return None
        old.flush()
        raw = cls(old.fileno(), "w", closefd=False)
        new = io.TextIOWrapper(
            raw if old.write_through else io.BufferedWriter(raw),
            encoding=old.encoding,
            errors=_ESCAPED if old.errors == "strict" else old.errors,
            line_buffering=old.line_buffering,
            write_through=old.write_through,
        )
        setattr(sys, name, new)
        return raw

    def write(self, data: ReadableBuffer, /) -> int:
        """Write, or drop."""
        try:
            return super().write(data) or 0
        except BlockingIOError:
            raise
        except OSError as error:
            self.lost = self.lost or error
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())  # for what this program starts, too
            os.close(nowhere)
            return memoryview(data).nbytes
