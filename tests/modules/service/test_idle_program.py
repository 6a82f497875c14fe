"""The program of the tunnel's task, run as the container would run it, with the kernel's list of this machine."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from modules.service import idle_program

if TYPE_CHECKING:
    from pathlib import Path

HEADING = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
ESTABLISHED = "   0: 0100007F:A1B2 0200000A:1538 01 00000000:00000000 00:00000000 00000000     0        0 1\n"
LISTENS = "   1: 00000000:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2\n"
ENDED = "   2: 0100007F:A1B2 0200000A:1538 06 00000000:00000000 00:00000000 00000000     0        0 3\n"
ELSEWHERE = "   3: 0100007F:A1B2 0200000A:01BB 01 00000000:00000000 00:00000000 00000000     0        0 4\n"


def run(table: Path, *, idle: float, longest: float) -> tuple[str, float]:
    """The last line of the program, and how long it ran."""
    command = idle_program.command(idle_seconds=idle, longest_seconds=longest, pause_seconds=0.05, tables=(str(table),))
    began = time.monotonic()
    done = subprocess.run([sys.executable, *command[1:]], capture_output=True, text=True, check=True, timeout=30)
    return done.stdout.splitlines()[-1], time.monotonic() - began


@pytest.mark.parametrize("lines", ["", LISTENS, ENDED, ELSEWHERE], ids=["none", "listens", "ended", "another-port"])
def test_it_ends_when_nobody_is_connected_to_a_database(tmp_path: Path, lines: str) -> None:
    table = tmp_path / "tcp"
    table.write_text(HEADING + lines)
    assert run(table, idle=0.1, longest=20)[0] == "The tunnel ends: nobody used it for 0.1 s."


def test_it_ends_in_the_end_whoever_is_connected(tmp_path: Path) -> None:
    table = tmp_path / "tcp"
    table.write_text(HEADING + ESTABLISHED)
    said, seconds = run(table, idle=0.1, longest=0.5)
    assert said == "The tunnel ends: it was open for 0.5 s."
    assert seconds >= 0.5


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's list of connections is Linux's")
def test_a_connection_of_this_machine_is_seen() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        port = int(client.getpeername()[1])
        command = idle_program.command(ports=(port,), idle_seconds=0.1, longest_seconds=0.6, pause_seconds=0.05)
        done = subprocess.run([sys.executable, *command[1:]], capture_output=True, text=True, check=True, timeout=30)
    assert "it was open for 0.6 s" in done.stdout


def test_the_container_runs_python_with_the_ports_of_both_databases() -> None:
    command = idle_program.command()
    assert (command[0], command[3]) == ("python3", "5432,27017")
    assert command[4:6] == (str(15 * 60), str(4 * 3600))
    assert command[7:] == ("/proc/net/tcp", "/proc/net/tcp6")
