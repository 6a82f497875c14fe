"""The page docs/conformance.md: the differences, a summary by section, then a table of each section."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.addresses import Addresses, named
from conformance.clause import ALL, PROD, WAITING
from conformance.report import Result, Verdict, results

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from conformance.clause import Check, Section
    from synthesis.manifest import Stack

_INTRO: Final = """# Conformance with the design

<!-- written by `make conformance`; of {accounts} -->

Of {clauses} clauses of the platform's design, {met} are met in each environment that they are about, and {in_prod} in
prod, while a smaller environment differs on purpose. {differ} differ in prod, too, or where they are to hold.{waiting}

```sh
make conformance             # checks what `make synth` wrote, and writes this page
make conformance ENV=prod    # checks one environment only, and writes nothing
```

Each clause has a check in `conformance/checks/`, which reads the synthesized JSON and fails when any of what it reads
is taken away or changed (`tests/conformance/test_checks.py`); each difference has one, too. What is neither met nor
such a difference fails `make test`. The clauses are in `conformance/clauses.toml`.

## Differences

What an environment has in place of what the design says, those of prod first.
"""
_ALL_CLAUSES: Final = """## All clauses

Addresses are without the eight digits at their end; `(zone)` stands for the name of the DNS zone, and `each` for all
resources of a type, in whatever layer.
"""
_DIFFERENCES: Final = ("in", "clauses", "there is, and why")
_HEADING: Final = ("clause", "of the design", "verdict", "met by", "held by", "notes")
_SUMMARY: Final = ("section", "clauses", *Verdict)


def page(stacks: Mapping[str, Stack]) -> str:
    """The page over all environments of the design; every one of them is in `stacks`."""
    found = results(stacks, ALL)
    addresses = Addresses(stacks)
    every = [(section, one) for section, ones in found for one in ones]
    verdicts = [one.verdict for _, one in every]
    waiting = verdicts.count(Verdict.WAITING)
    intro = _INTRO.format(
        accounts=", ".join(f"{environment} {account(stacks, environment)}" for environment in ALL),
        clauses=len(every),
        met=verdicts.count(Verdict.MET),
        in_prod=verdicts.count(Verdict.MET_IN_PROD),
        differ=verdicts.count(Verdict.DIFFERS),
        waiting=f" {waiting} wait for their pages in docs/." if waiting else "",
    )
    rows = [(f"[{section.number}]({anchor(section)}) {section.title}", ones) for section, ones in found]
    lines = [intro, *_table(_DIFFERENCES, _differences(every)), "", _ALL_CLAUSES, *_table(_SUMMARY, _summary(rows)), ""]
    for section, ones in found:
        lines += [f"## {section.number} {section.title}", ""]
        lines += [*_table(_HEADING, (_row(one, addresses) for one in ones)), ""]
    return "\n".join(lines).rstrip() + "\n"


def differences(ones: Iterable[Result]) -> dict[tuple[tuple[str, ...], str], list[Result]]:
    """The clauses by the environments in which they differ and by the reason, those of prod first."""
    found: dict[tuple[tuple[str, ...], str], list[Result]] = {}
    for one in ones:
        reasons: dict[str, list[str]] = {}
        for environment, difference in one.differences.items():
            reasons.setdefault(difference.why, []).append(environment)
        for why, environments in reasons.items():
            found.setdefault((tuple(environments), why), []).append(one)
    return dict(sorted(found.items(), key=lambda item: (PROD not in item[0][0], -len(item[0][0]))))


def account(stacks: Mapping[str, Stack], environment: str) -> str:
    """The account of an environment, the only one that its providers allow."""
    for stack in stacks.values():
        for provider in stack.providers if stack.environment == environment else ():
            if isinstance(found := provider.get("allowed_account_ids"), list):
                return ", ".join(map(str, found))
    return ""


def anchor(section: Section) -> str:
    """The link to a section's heading, as GitHub makes it."""
    text = f"{section.number} {section.title}".lower().replace(" ", "-")
    return "#" + "".join(letter for letter in text if letter.isalnum() or letter in "-_")


def counts(ones: Sequence[Result]) -> list[int]:
    """How many clauses there are, and how many have each verdict."""
    verdicts = [one.verdict for one in ones]
    return [len(ones), *(verdicts.count(verdict) for verdict in Verdict)]


def _summary(rows: list[tuple[str, list[Result]]]) -> Iterator[list[str]]:
    for title, ones in rows:
        yield [title, *(str(number) if number else "" for number in counts(ones))]
    every = [one for _, ones in rows for one in ones]
    yield ["together", *map(str, counts(every))]


def _differences(every: list[tuple[Section, Result]]) -> Iterator[list[str]]:
    places = {one.id: section for section, one in every}
    for (environments, why), ones in differences(one for _, one in every).items():
        clauses = "<br>".join(f"[{one.id}]({anchor(places[one.id])}) {one.text}" for one in ones)
        yield [named(environments), clauses, why]


def _row(one: Result, addresses: Addresses) -> list[str]:
    if one.holder is None:
        return [one.id, one.text, one.verdict, "", "", WAITING.get(one.id, "no check holds it")]
    missing = "<br>".join(f"**not met** {text}" for text in one.missing.values())
    met = addresses.cell({name: found for name, found in one.evidence.items() if name not in one.missing})
    checks = dict.fromkeys(f"`{_name(check)}`" for check in one.checks.values())
    held = ", ".join([*checks, *(f"[{_short(path)}](../{path})" for path in dict.fromkeys(one.holder.held_by))])
    notes = [f"{named(environments)}: {why}" for environments, why in differences([one])]
    notes += filter(None, [one.holder.note])
    return [one.id, one.text, _verdict(one), "<br>".join(filter(None, (met, missing))), held, "<br>".join(notes)]


def _verdict(one: Result) -> str:
    if one.verdict in {Verdict.DIFFERS, Verdict.MET_IN_PROD} and len(one.differences) < len(one.evidence):
        return f"differs in {named(tuple(one.differences))}"
    return one.verdict


def _name(check: Check) -> str:
    return f"{check.__module__.rpartition('.')[2]}.{check.__name__}"


def _short(path: str) -> str:
    return path.removeprefix("tests/").removesuffix(".py").replace("/test_", "/").removeprefix("test_")


def _table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    for cells in (heading, ["---"] * len(heading), *rows):
        yield f"| {' | '.join(cells)} |"
