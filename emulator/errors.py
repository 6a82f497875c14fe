"""The ways in which a call fails: AWS refuses it, or the emulator cannot answer it."""

from moto.core.exceptions import ServiceException


class AwsError(ServiceException):
    """An error that AWS itself would return, with its code and message."""

    def __init__(self, *, code: str, message: str) -> None:
        """Use a code from the service's list of errors, and AWS's own message."""
        super().__init__(code, message)


class UnansweredError(Exception):
    """Neither the emulator nor moto can answer the call: the dispatcher returns a gap with this message."""


class EmulatorGapError(ServiceException):
    """The emulator does not have this operation; the caller's configuration is not the cause."""

    code = "EmulatorGap"


class EmulatorFaultError(ServiceException):
    """The emulator failed: a bug in moto or in this package."""

    code = "EmulatorFault"
