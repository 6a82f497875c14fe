"""The errors of `make future`."""

from __future__ import annotations

from console.errors import ToldError


class FutureError(ToldError):
    """A lane cannot be walked, or does not lead where it should; the text says why, and what to do."""
