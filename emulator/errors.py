"""The two ways a call fails: AWS refuses it, or the emulator cannot answer it."""

from moto.core.exceptions import ServiceException


class AwsError(ServiceException):
    """An answer that AWS itself would give: its error code and its words."""

    def __init__(self, *, code: str, message: str) -> None:
        """Take the code from the service's error list and the message from AWS itself."""
        super().__init__(code, message)


class UnansweredError(Exception):
    """Nothing here answers the call, and moto must not see it: the front makes a gap of it, with the message."""


class EmulatorGapError(ServiceException):
    """The emulator has no such operation: nothing is wrong with the caller's configuration."""

    code = "EmulatorGap"


class EmulatorFaultError(ServiceException):
    """The emulator broke while it answered: a bug in moto or here."""

    code = "EmulatorFault"
