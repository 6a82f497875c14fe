"""How every program of the project starts and ends, whatever reads its output and whatever the machine refuses.

A reader that has seen enough (`| head`) or a disk that is full must not stop a program halfway, such as an apply: what
cannot be written is dropped, the program goes on, and its exit status says so, as the shell's own programs do. A file
that it cannot read or write, and an interrupt, are one line and not a traceback.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import TYPE_CHECKING, Final, NoReturn, TextIO

from console import temporary
from console.arguments import take_none
from console.errors import ToldError
from console.system_error import line_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed import ReadableBuffer

_LOST, _REFUSED, _INTERRUPTED, _BROKEN_PIPE = 1, 2, 130, 141
"""Exit statuses; the last two are what a shell reports for a program that SIGINT or SIGPIPE stopped."""

_STANDARD: Final = ("stdout", "stderr")
_ESCAPED: Final = "backslashreplace"
"""What a character becomes that the terminal cannot show; an error halfway would lose what comes after it."""


def run(
    main: Callable[[], int],
    *,
    leave: Callable[[str | int | None], NoReturn] = sys.exit,
    has_texts: bool = True,
) -> NoReturn:
    """Run a program and exit with its status; if its output was lost, not with 0.

    Args:
        main: The program; it returns its status.
        leave: What ends the process with a status, `sys.exit` or a function like it.
        has_texts: Whether it needs docstrings, as what `--help` says, what a rule is about, the schema of a setting.
    """
    open_closed()
    streams = {name: _Stream.replacing(name) for name in _STANDARD}
    code = _code(main, has_texts=has_texts)
    sys.stdout.flush()
    lost = streams["stdout"].lost if streams["stdout"] else None
    if lost:
        if lost.errno != errno.EPIPE:
            print(f"The output cannot be written: {lost.strerror}.", file=sys.stderr)
        code = code or (_BROKEN_PIPE if lost.errno == errno.EPIPE else _LOST)
    leave(code)


def run_alone(main: Callable[[], int], *, module: str, description: str | None) -> NoReturn:
    """The same for a program that has no arguments, and answers `--help` before it does something.

    Args:
        main: The program; it returns its status.
        module: The name after `python -m`.
        description: What the program does, in one sentence.
    """

    def alone() -> int:
        take_none(sys.argv[1:], module=module, description=description)
        return main()

    run(alone)


def _code(main: Callable[[], int], *, has_texts: bool) -> str | int | None:
    """The exit status of the program."""
    problem = temporary.problem(os.environ)
    if has_texts and sys.flags.optimize > 1:
        problem = "Python runs without the texts of this program (PYTHONOPTIMIZE=2, or -OO): unset PYTHONOPTIMIZE."
    if problem:
        print(problem, file=sys.stderr)
        return _REFUSED
    try:
        return main()
    except SystemExit as error:  # of argparse
        return error.code
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return _INTERRUPTED
    except ToldError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except OSError as error:
        line = line_of(error)
        if line is None:
            raise
        print(line, file=sys.stderr)
        return _REFUSED


def open_closed() -> None:
    """Open what is closed (`<&-`): the next file would get its number, and what a child process prints."""
    for number, name in enumerate(("stdin", *_STANDARD)):
        try:
            os.fstat(number)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            os.set_inheritable(number, True)
        if getattr(sys, name) is None:
            # Not closed at the end: it is the standard stream itself.
            opened_stream = open(number, "w" if number else "r", encoding="utf-8", closefd=False)  # noqa: SIM115
            setattr(sys, name, opened_stream)


class _Stream(io.FileIO):
    """A standard stream that drops what cannot be written, and remembers the first error."""

    lost: OSError | None = None

    @classmethod
    def replacing(cls, name: str) -> _Stream | None:
        """Put one in the place of `sys.stdout` or `sys.stderr`; None if a test has put its own there."""
        old: TextIO = getattr(sys, name)
        if not isinstance(old, io.TextIOWrapper):
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
