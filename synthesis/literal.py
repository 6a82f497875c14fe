"""What a person writes in a setting is literal: neither Terraform nor cdktf finds an expression in it.

Terraform reads every text of its JSON as a template (https://developer.hashicorp.com/terraform/language/syntax/json),
and cdktf looks for its own tokens in every text, so `${HOME}` in a setting would be an expression. To write `$${`
before cdktf has resolved its tokens is not enough: after an opening `${`, escaped or not, it writes the tokens of the
same text without their braces. So `hide` replaces what either of them reads by words of letters before any construct
sees it, and `restore` puts it into the finished JSON, escaped. All settings pass through here; no layer can forget
it.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, TypeVar

from pydantic import BaseModel

from synthesis.folders import STACKS
from synthesis.manifest import STACK_FILE

if TYPE_CHECKING:
    from pathlib import Path

_Settings = TypeVar("_Settings", bound=BaseModel)

_WORD: Final = "LITERAL"
_HIDDEN: Final = re.compile(rf"{_WORD}([A-P]+)Z")
_TO_LETTERS: Final = str.maketrans("0123456789abcdef", "ABCDEFGHIJKLMNOP")
_TO_DIGITS: Final = {chr(letter): chr(digit) for digit, letter in _TO_LETTERS.items()}

# "TfToken[" is in every token of cdktf, a text or a list; the words of its maps are texts of their own; a number can be
# a token; the last one keeps a setting that has the word.
_READ: Final = re.compile(rf"\$\{{|%\{{|TfToken\[|Map Token Value|(?P<number>\d[\d.]*e[+-]?\d+)|{_WORD}", re.ASCII)
_NUMBER_TOKEN: Final = 0x7DFF
"""The first 16 bits, without the sign, of the numbers that cdktf takes for tokens, in texts too."""

_ESCAPED: Final = {"${": "$${", "%{": "%%{"}
"""https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences"""


def hide(settings: _Settings) -> _Settings:
    """The same settings, without any text that Terraform or cdktf would read as more than text."""
    hidden = {name: _hide(value) for name, value in settings}
    return settings.model_copy(
        update={name: value for name, value in hidden.items() if value != getattr(settings, name)}
    )


def restore(output: Path) -> None:
    """Put the hidden text back into the JSON of every stack, so that Terraform evaluates it to what was written."""
    for path in output.glob(f"{STACKS}/*/{STACK_FILE}"):
        text = path.read_text(encoding="utf-8")
        restored = _HIDDEN.sub(_restored, text)
        if restored != text:
            path.write_text(restored, encoding="utf-8")


def reveal(text: str) -> str:
    """What a person has written, for a file that neither Terraform nor cdktf reads, like one in a package of code."""
    return _HIDDEN.sub(_revealed, text)


def _hide(value: object) -> object:
    match value:
        case str():
            return _READ.sub(_hidden, value)
        case BaseModel():
            return hide(value)
        case Mapping():
            return {_hide(key): _hide(item) for key, item in value.items()}
        case tuple():
            return tuple(map(_hide, value))
        case _:
            return value


def _hidden(match: re.Match[str]) -> str:
    if match["number"] and not _is_token(match["number"]):
        return match[0]
    # Letters, because the digits of one could be a number.
    return f"{_WORD}{match[0].encode().hex().translate(_TO_LETTERS)}Z"


def _is_token(number: str) -> bool:
    try:
        first, *_ = struct.unpack(">H", struct.pack(">d", float(number))[:2])
    except ValueError:  # several dots: cdktf would read the start of it
        return True
    return bool(first == _NUMBER_TOKEN)


def _restored(match: re.Match[str]) -> str:
    # Only such characters as are the same in JSON, however deep a text is in other JSON.
    text = _revealed(match)
    return _ESCAPED.get(text, text)


def _revealed(match: re.Match[str]) -> str:
    return bytes.fromhex("".join(_TO_DIGITS[letter] for letter in match[1])).decode()
