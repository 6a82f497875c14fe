"""Parses Terraform's output: the JSON events of a run, its error messages, the holder of a lock."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, field
from typing import Any

from runner.locks import FAILED

_BOX = re.compile(r"^[╷│╵]\s?", re.MULTILINE)
_TEXT_ERROR = re.compile(
    r"^Error: (?P<summary>.+?)$\n?(?P<detail>.*?)(?=^(?:Error|Warning): |\Z)", re.MULTILINE | re.DOTALL
)
_WITH = re.compile(r"^\s+with (?P<address>\S+),$", re.MULTILINE)
_LOCK_FIELD = re.compile(r"^\s*(ID|Path|Operation|Who|Version|Created):[ \t]*(.*?)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Diagnostic:
    """One error of Terraform."""

    summary: str
    detail: str = ""
    address: str = ""
    code: str = ""

    def __str__(self) -> str:
        lines = [f"Error: {self.summary}"]
        if self.address:
            lines.append(f"  with {self.address}")
        if self.detail:
            lines += ["", *(f"  {line}".rstrip() for line in self.detail.strip().splitlines())]
        return "\n".join(lines)


@dataclass(frozen=True)
class Changes:
    """The counts of a plan or of an apply."""

    add: int = 0
    change: int = 0
    remove: int = 0

    @property
    def total(self) -> int:
        """The sum; a replaced resource counts as one added and one destroyed."""
        return self.add + self.change + self.remove


@dataclass
class Events:
    """Follows one Terraform command by its `-json` output; safe to read from another thread."""

    begun: bool = False
    done: int = 0
    refreshed: int = 0
    changes: Changes = field(default_factory=Changes)
    in_progress: dict[str, float] = field(default_factory=dict)
    errors: list[Diagnostic] = field(default_factory=list)
    planned: list[str] = field(default_factory=list)

    def feed(self, line: str) -> None:
        """Read one line of output; lines that are not events are ignored."""
        if not line.startswith("{"):
            return
        try:
            event = json.loads(line)
        except ValueError:
            return
        match event.get("type"):
            case "diagnostic":
                self._diagnostic(event.get("diagnostic", {}))
            case "change_summary":
                counts = event.get("changes", {})
                self.changes = Changes(counts.get("add", 0), counts.get("change", 0), counts.get("remove", 0))
            case "planned_change":
                change = event.get("change", {})
                self.planned.append(f"{change.get('action', '')} {change.get('resource', {}).get('addr', '')}")
            case "refresh_start":
                self.refreshed += 1
            case "apply_start" | "apply_complete" | "apply_errored" as kind:
                self._apply(str(kind), event.get("hook", {}))
            case _:
                pass

    def longest(self) -> tuple[str, int] | None:
        """The address that has been in progress longest, and for how many seconds."""
        waiting = list(self.in_progress.items())
        if not waiting:
            return None
        address, since = min(waiting, key=lambda item: item[1])
        return address, int(time.monotonic() - since)

    def _apply(self, kind: str, hook: dict[str, Any]) -> None:
        address = hook.get("resource", {}).get("addr", "")
        if kind == "apply_start":
            self.begun = True
            self.in_progress[address] = time.monotonic()
            return
        self.in_progress.pop(address, None)
        if kind == "apply_complete" and hook.get("action") != "read":
            self.done += 1

    def _diagnostic(self, diagnostic: dict[str, Any]) -> None:
        if diagnostic.get("severity") == "error":
            self.errors.append(_from_json(diagnostic))


def _from_json(diagnostic: dict[str, Any]) -> Diagnostic:
    snippet = diagnostic.get("snippet") or {}
    return Diagnostic(
        summary=diagnostic.get("summary", ""),
        detail=diagnostic.get("detail", ""),
        address=diagnostic.get("address") or snippet.get("context") or "",
        code=snippet.get("code", ""),
    )


def errors_in_document(text: str) -> list[Diagnostic]:
    """The errors of `terraform validate -json`, which prints one document."""
    try:
        document = json.loads(text)
    except ValueError:
        return errors_in_text(text)
    return [_from_json(entry) for entry in document.get("diagnostics", []) if entry.get("severity") == "error"]


def errors_in_text(text: str) -> list[Diagnostic]:
    """The errors of a command without `-json`."""
    start, unlock, detail = text.partition(f"{FAILED}: ")
    if unlock and not start.strip():  # `force-unlock` prints its own without "Error: "
        return [Diagnostic(FAILED, detail.strip())]
    found = []
    for match in _TEXT_ERROR.finditer(_BOX.sub("", text)):
        detail = match["detail"].strip()
        with_ = _WITH.search(detail)
        found.append(Diagnostic(match["summary"], detail, with_["address"] if with_ else ""))
    return found


@dataclass(frozen=True)
class LockHolder:
    """Who holds a state lock."""

    id: str
    who: str
    operation: str
    created: str

    def __str__(self) -> str:
        operation = self.operation.removeprefix("OperationType").lower() or "an operation"
        return f"{self.who} ({operation}, since {self.created.split('.')[0]} UTC)"


def lock_holder(errors: tuple[Diagnostic, ...] | list[Diagnostic]) -> LockHolder | None:
    """The holder that Terraform names when it cannot get the lock."""
    for error in errors:
        if "state lock" in error.summary and "Lock Info:" in error.detail:
            fields = dict(_LOCK_FIELD.findall(error.detail.partition("Lock Info:")[2]))
            return LockHolder(
                id=fields.get("ID", ""),
                who=fields.get("Who", "unknown"),
                operation=fields.get("Operation", ""),
                created=fields.get("Created", "?"),
            )
    return None
