"""The operations that the emulator adds to moto, one file or package per AWS service."""

import importlib
import pkgutil


def load() -> None:
    """Import every service, which registers its operations and applies its patches."""
    importlib.import_module("emulator.resetting")
    importlib.import_module("emulator.outages.control")
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
