"""The page docs/conformance.md: a summary by section, then a table of each section."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.addresses import Addresses
from conformance.clause import ALL, WAITING
from conformance.report import Result, Verdict, results

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from synthesis.manifest import Stack

_INTRO: Final = """# Conformance with the design

<!-- written by `make conformance`; of {accounts} -->

Each clause of the platform's design, in its order: what of the synthesized JSON meets it, which tests hold it, and
where the platform differs on purpose, with the reason. A check in `conformance/checks/` reads the resources of a
clause, and compares the design's numbers with what is emitted. It fails when any of what it reads is taken away or
changed, as `tests/conformance/test_checks.py` shows; a clause that is not met fails `make test`.

```sh
make conformance             # checks what `make synth` wrote, and writes this page
make conformance ENV=prod    # checks one environment only, and writes nothing
```

Addresses are without the eight digits at their end; `(zone)` stands for the name of the DNS zone, and `each` for all
resources of a type, in whatever layer. The clauses are in `conformance/clauses.toml`.
"""
_HEADING: Final = ("clause", "of the design", "met by", "held by", "difference, or why it waits")
_SUMMARY: Final = ("section", "clauses", *Verdict)


def page(stacks: Mapping[str, Stack]) -> str:
    """The page over all environments of the design; every one of them is in `stacks`."""
    found = results(stacks, ALL)
    addresses = Addresses(stacks)
    accounts = ", ".join(f"{environment} {account(stacks, environment)}" for environment in ALL)
    rows = [
        (f"[{section.number}](#{anchor(section.number, section.title)}) {section.title}", ones)
        for section, ones in found
    ]
    lines = [_INTRO.format(accounts=accounts), "## Summary", "", *_table(_SUMMARY, _summary(rows)), ""]
    for section, ones in found:
        lines += [f"## {section.number} {section.title}", ""]
        lines += [*_table(_HEADING, (_row(one, addresses) for one in ones)), ""]
    return "\n".join(lines).rstrip() + "\n"


def account(stacks: Mapping[str, Stack], environment: str) -> str:
    """The account of an environment, the only one that its providers allow."""
    for stack in stacks.values():
        if stack.environment == environment:
            return ", ".join(stack.providers[0].get("allowed_account_ids", ()))
    return ""


def anchor(number: str, title: str) -> str:
    """The anchor of a section's heading, as GitHub makes it."""
    text = f"{number} {title}".lower().replace(" ", "-")
    return "".join(letter for letter in text if letter.isalnum() or letter in "-_")


def counts(ones: Sequence[Result]) -> list[int]:
    """How many clauses there are, and how many have each verdict."""
    verdicts = [one.verdict for one in ones]
    return [len(ones), *(verdicts.count(verdict) for verdict in Verdict)]


def _summary(rows: list[tuple[str, list[Result]]]) -> Iterator[list[str]]:
    for title, ones in rows:
        yield [title, *(str(number) if number else "" for number in counts(ones))]
    every = [one for _, ones in rows for one in ones]
    yield ["together", *map(str, counts(every))]


def _row(one: Result, addresses: Addresses) -> list[str]:
    if one.holder is None:
        return [one.id, one.text, "", "", WAITING.get(one.id, Verdict.FAILED)]
    check = f"`{one.holder.check.__module__.rpartition('.')[2]}.{one.holder.check.__name__}`"
    missing = "<br>".join(f"**not met** {text}" for text in one.missing.values())
    met = addresses.cell({name: found for name, found in one.evidence.items() if name not in one.missing})
    held = ", ".join([check, *(f"[{_short(path)}](../{path})" for path in one.holder.held_by)])
    return [one.id, one.text, "<br>".join(filter(None, (met, missing))), held, one.holder.differs]


def _short(path: str) -> str:
    return path.removeprefix("tests/").removesuffix(".py").replace("/test_", "/").removeprefix("test_")


def _table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    for cells in (heading, ["---"] * len(heading), *rows):
        yield f"| {' | '.join(cells)} |"
