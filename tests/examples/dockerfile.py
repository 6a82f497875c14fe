"""Reads Dockerfiles, as far as the examples use them.

https://docs.docker.com/reference/dockerfile/
"""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Instruction:
    """One instruction: `COPY --from=build /a /b` has a flag and two words."""

    name: str
    flags: dict[str, str]
    text: str
    """What follows the flags."""

    @property
    def is_exec_form(self) -> bool:
        """Whether a program is started without a shell, which would not forward signals."""
        return self.text.startswith("[")

    @property
    def words(self) -> list[str]:
        """The words of either form."""
        if self.is_exec_form:
            words: list[str] = json.loads(self.text)
            return words
        return shlex.split(self.text)


@dataclass(kw_only=True)
class Stage:
    """What one FROM begins."""

    image: str
    name: str
    instructions: list[Instruction] = field(default_factory=list)

    def all(self, name: str) -> list[Instruction]:
        """Every instruction of a kind."""
        return [instruction for instruction in self.instructions if instruction.name == name]

    def last(self, name: str) -> Instruction | None:
        """The instruction of a kind that counts."""
        return next(iter(reversed(self.all(name))), None)


def read_stages(text: str) -> list[Stage]:
    """The stages of a Dockerfile; the last one is the image."""
    without_comments = re.sub(r"^\s*#.*\n?", "", text, flags=re.MULTILINE)
    stages: list[Stage] = []
    for line in re.sub(r"\\\n\s*", "", without_comments).splitlines():
        name, _, rest = line.strip().partition(" ")
        if not name:
            continue
        flags = {}
        while flag := re.match(r"--([\w-]+)(?:=(\S+))?\s+", rest):
            flags[flag[1]] = flag[2] or ""
            rest = rest[flag.end() :]
        if name == "FROM":
            image, *alias = rest.split()
            stages.append(Stage(image=image, name=alias[1] if alias else ""))
        else:
            stages[-1].instructions.append(Instruction(name=name, flags=flags, text=rest))
    return stages
