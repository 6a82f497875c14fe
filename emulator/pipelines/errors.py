"""Why an action of a pipeline fails."""

from __future__ import annotations


class ActionError(Exception):
    """An action fails, with the code and the message of its `errorDetails`.

    https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ErrorDetails.html
    """

    def __init__(self, *, code: str, message: str) -> None:
        """Use AWS's code, like `PermissionError`, and its words."""
        super().__init__(message)
        self.code = code
        self.message = message


class StoppedError(Exception):
    """The execution was stopped, or the emulator was reset."""
