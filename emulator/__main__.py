"""`python -m emulator --port N`: runs an emulator until it is stopped."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading

from console import program
from console.arguments import port
from emulator.server import Emulator, PortInUseError


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m emulator", description="An emulator of AWS for Terraform, on this machine only."
    )
    parser.add_argument("--port", type=port, default=0, help="port on 127.0.0.1; 0 for any free port")
    parser.add_argument("--trace", action="store_true", help="log every call, and the request of each failed call")
    options = parser.parse_args(arguments)
    if options.trace:
        logging.basicConfig(format="%(asctime)s %(message)s")
        logging.getLogger("emulator").setLevel(logging.DEBUG)

    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    try:
        with Emulator(port=options.port) as emulator:
            print(f"emulator listens on {emulator.url}", flush=True)
            stopped.wait()
    except (PortInUseError, OSError) as error:
        print(f"emulator: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    program.run(main)
