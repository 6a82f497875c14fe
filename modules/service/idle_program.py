"""The program in the task of a tunnel: it waits, and ends when nobody uses the tunnel any more.

The image is that of the placeholder, which has Python. The agent that forwards the port runs in the same container, so
the kernel's list of TCP connections has those to a database (https://docs.kernel.org/networking/proc_net_tcp.html).
"""

from __future__ import annotations

from typing import Final

IDLE_MINUTES: Final = 15
"""The task ends after this time without a connection to a database."""

LONGEST_MINUTES: Final = 240
"""The task ends after this time, whoever uses it."""

_PROGRAM: Final = """\
import pathlib, sys, time
ports = {int(port) for port in sys.argv[1].split(",")}
idle, longest, pause = map(float, sys.argv[2:5])
tables = sys.argv[5:]
def connected():
    for table in tables:
        for line in pathlib.Path(table).read_text().splitlines()[1:]:
            _, _, remote, state = line.split()[:4]
            if state == "01" and int(remote.rpartition(":")[2], 16) in ports:
                return True
    return False
start = used = time.monotonic()
print(f"This tunnel ends after {idle:g} s without a connection, and after {longest:g} s.", flush=True)
while True:
    now = time.monotonic()
    if connected():
        used = now
    if now - start >= longest:
        sys.exit(print(f"The tunnel ends: it was open for {longest:g} s."))
    if now - used >= idle:
        sys.exit(print(f"The tunnel ends: nobody used it for {idle:g} s."))
    time.sleep(pause)
"""

_PORTS: Final = (5432, 27017)
_PAUSE_SECONDS: Final = 10
_TABLES: Final = ("/proc/net/tcp", "/proc/net/tcp6")


def command(
    *,
    ports: tuple[int, ...] = _PORTS,
    idle_seconds: float = IDLE_MINUTES * 60,
    longest_seconds: float = LONGEST_MINUTES * 60,
    pause_seconds: float = _PAUSE_SECONDS,
    tables: tuple[str, ...] = _TABLES,
) -> tuple[str, ...]:
    """The container's command.

    Args:
        ports: Connections to these ports are use of the tunnel.
        idle_seconds: It ends after this time without use.
        longest_seconds: It ends after this time.
        pause_seconds: The time between two looks.
        tables: The kernel's lists of connections.
    """
    numbers = (idle_seconds, longest_seconds, pause_seconds)
    return ("python3", "-c", _PROGRAM, ",".join(map(str, ports)), *(f"{number:g}" for number in numbers), *tables)
