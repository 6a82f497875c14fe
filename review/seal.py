"""Encrypts saved plans for the way from one job to the next: whoever reads the repository can download artifacts.

AES-256 in GCM, with a key that only the two jobs have. What is sealed names the run, the commit and the environment
that it is for, and when: another run cannot open it, nor this one a day later.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import struct
import tarfile
import time
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from console.errors import ToldError

KEY_VARIABLE: Final = "PLAN_KEY"
"""The secret of the repository or of its environments with the key."""

LONGEST_SECONDS: Final = 24 * 3600
"""After this time an approval is no longer current; artifacts of a day are the shortest that GitHub keeps."""

_MAGIC: Final = b"sealed plans 1\n"
_NONCE_BYTES: Final = 12
_CLOCK_SECONDS: Final = 60
"""By which the clocks of two machines may differ."""

_KEY: Final = re.compile(r"[0-9a-fA-F]{64}")


class SealError(ToldError):
    """Plans cannot be sealed or opened; `str()` says why, and what to do."""


def seal(folder: Path, sealed: Path, *, purpose: str, key: str, now: float | None = None) -> None:
    """Encrypt the files of a folder into one file, and delete the folder.

    Args:
        folder: Has files only.
        sealed: The file that is written.
        purpose: What it is for; `unseal` must be given the same text.
        key: 32 bytes as hexadecimal digits.
        now: Seconds since 1970.
    """
    cipher = AESGCM(_read_key(key))
    files = io.BytesIO()
    with tarfile.open(fileobj=files, mode="w:gz") as archive:
        for file in sorted(folder.iterdir()):
            archive.add(file, arcname=file.name, recursive=False)
    head = _MAGIC + struct.pack(">Q", int(time.time() if now is None else now))
    nonce = os.urandom(_NONCE_BYTES)
    sealed.parent.mkdir(parents=True, exist_ok=True)
    sealed.write_bytes(head + nonce + cipher.encrypt(nonce, files.getvalue(), head + purpose.encode()))
    shutil.rmtree(folder)


def unseal(sealed: Path, folder: Path, *, purpose: str, key: str, now: float | None = None) -> None:
    """Decrypt what `seal` wrote into a folder that only this user can open.

    Raises:
        SealError: It was changed, is for something else, or is too old.
    """
    sealed_bytes = sealed.read_bytes()
    size = len(_MAGIC) + 8
    head, encrypted = sealed_bytes[:size], sealed_bytes[size + _NONCE_BYTES :]
    nonce = sealed_bytes[size : size + _NONCE_BYTES]
    try:
        files = AESGCM(_read_key(key)).decrypt(nonce, encrypted, head + purpose.encode())
    except (InvalidTag, ValueError) as error:
        message = (
            f"{sealed} cannot be opened: it was changed, or sealed with another {KEY_VARIABLE}, or for another run, "
            "commit or environment. Plan again: run the workflow again."
        )
        raise SealError(message) from error
    (made,) = struct.unpack(">Q", head[len(_MAGIC) :])
    age = (time.time() if now is None else now) - made
    if not -_CLOCK_SECONDS <= age <= LONGEST_SECONDS:
        message = (
            f"{sealed} was sealed {age / 3600:.0f} hours ago, and at most {LONGEST_SECONDS // 3600} are allowed: the "
            "account may be another by now. Plan again: run the workflow again."
        )
        raise SealError(message)
    folder.mkdir(mode=0o700)
    with tarfile.open(fileobj=io.BytesIO(files), mode="r:gz") as archive:
        # Not `extractall`: its filter came with Python 3.11.4, and Debian 12 has 3.11.2. `seal` packs files only.
        for member in archive:
            if (content := archive.extractfile(member)) is not None:
                (folder / Path(member.name).name).write_bytes(content.read())


def _read_key(key: str) -> bytes:
    if not _KEY.fullmatch(key):
        message = (
            f"{KEY_VARIABLE} must be 64 hexadecimal digits, and it has {len(key)} characters; make one with "
            "`openssl rand -hex 32`, and set it as a secret of the environments of GitHub: docs/workflows.md"
        )
        raise SealError(message)
    return bytes.fromhex(key)
