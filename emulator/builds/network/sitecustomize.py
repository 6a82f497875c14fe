# ruff: noqa: INP001 (Python finds it by its name in a folder of its path, which is not a package)
"""Leads the connections of a Python program of a build to where the emulator says; Python imports it at its start.

It is what a function's process has, so it is read from there; nothing of the emulator is imported.
"""

import importlib.util
import os
from pathlib import Path

_QUESTION = os.environ.get("EMULATOR_QUESTION")

if _QUESTION:
    _file = Path(__file__).parents[2] / "functions" / "harness.py"
    _spec = importlib.util.spec_from_file_location("emulator_harness", _file)
    if _spec and _spec.loader:
        _harness = importlib.util.module_from_spec(_spec)
        _spec.loader.exec_module(_harness)
        _harness.Network(_QUESTION)
