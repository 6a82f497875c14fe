"""An emulator of AWS, so that real Terraform with the real provider can run without a cloud."""

from emulator.server import Emulator, PortInUseError

__all__ = ["Emulator", "PortInUseError"]
