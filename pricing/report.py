"""What people and programs read: the estimate of one environment, of all of them, and the difference of plans."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from console.table import table
from console.text import code, plain
from console.text import table as markdown_table
from pricing.prices import load_prices

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pricing.design import Row
    from pricing.difference import CostDifference
    from pricing.estimate import Estimate, Line, Unpriced
    from pricing.savings import Saving

_CENT: Final = 0.005
_SHOWN: Final = 30
"""So many resources of a difference are listed."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """The estimate of one environment."""

    environment: str
    regions: tuple[str, ...]
    estimate: Estimate
    design: Sequence[Row]
    savings: Sequence[Saving]


def render(report: Report, style: str) -> str:
    """The report as text for a person, as JSON, or as Markdown."""
    if style == "json":
        return json.dumps(_as_json(report), indent=2)
    found = report.estimate
    title = f"What {report.environment} costs a month in {', '.join(report.regions)}: {amount(found.usd)} USD"
    lines = [
        _heading(title, style),
        "At list prices, without tax, discounts and credits; use as in pricing/usage.toml.",
        "",
    ]
    for name, key in (("layer", _layer), ("component", _component)):
        lines += _table((name, "fixed", "use", "together"), _split(found, key), style)
    lines += [_heading("Beside the design (section 5.1)", style)]
    lines += _table(
        ("part", "design", "here", "why"),
        [(row.part, amount(row.design_usd), amount(row.usd), row.reason) for row in report.design],
        style,
    )
    lines += [_heading("Ways to save (the first ones are those of section 5.2)", style)]
    lines += _table(
        ("way", "USD", "", ""), [(one.name, amount(one.usd), one.state, one.note) for one in report.savings], style
    )
    lines += _unpriced(found.unpriced, style)
    used = {(line.price, line.resource.region) for line in found.lines}
    unread = {place for name, place in used if not _is_checked(name, place)}
    count = sum(not _is_checked(name, place) for name, place in used)
    lines.append(
        f"{len(used)} prices, {count} of them not read on a page ({', '.join(sorted(unread)) or 'none'}): "
        f"checked = false in pricing/prices.toml. {found.free_resources} resources are of free types."
    )
    return "\n".join(lines)


def render_all(estimates: Mapping[str, Estimate], style: str) -> str:
    """The environments side by side."""
    if style == "json":
        return json.dumps({name: _sums(found) for name, found in estimates.items()}, indent=2)
    rows = component_rows(estimates)
    lines = [_heading("What the environments cost a month, in USD at list prices", style)]
    lines += _table(("component", *estimates), rows, style)
    every = [one for found in estimates.values() for one in found.unpriced]
    lines += _unpriced(every, style)
    dearest = max(estimates, key=lambda name: estimates[name].usd)
    lines.append(f"Next: 'make cost ENV={dearest}' shows its layers, the design's estimate and ways to save.")
    return "\n".join(lines)


def component_rows(estimates: Mapping[str, Estimate]) -> list[tuple[str, ...]]:
    """A row for each component with the amount of each environment, the dearest first, then the sums."""
    sums = {name: found.by(_component) for name, found in estimates.items()}
    most: dict[str, float] = defaultdict(float)
    for each in sums.values():
        for component, usd in each.items():
            most[component] = max(most[component], usd)
    rows = [
        (component, *(amount(sums[name].get(component, 0)) for name in estimates))
        for component, usd in sorted(most.items(), key=lambda item: (-item[1], item[0]))
        if usd >= _CENT
    ]
    return [*rows, ("together", *(amount(found.usd) for found in estimates.values()))]


def render_difference(difference: CostDifference, style: str, *, exceeded: str | None) -> str:
    """The difference of plans, with the verdict of the limit first."""
    if style == "json":
        fields = {
            "before_usd": round(difference.before_usd, 2),
            "after_usd": round(difference.after_usd, 2),
            "difference_usd": round(difference.usd, 2),
            "exceeded": exceeded,
            "resources": [
                {
                    "address": one.address,
                    "action": one.action,
                    "before_usd": round(one.before_usd, 2),
                    "after_usd": round(one.after_usd, 2),
                }
                for one in difference.resources
            ],
            "unknown": list(difference.unknown),
        }
        return json.dumps(fields, indent=2)
    sign = "more" if difference.usd >= 0 else "less"
    change = f"{amount(abs(difference.usd))} USD a month {sign}"
    total = f"{change}: {amount(difference.before_usd)} before, {amount(difference.after_usd)} after"
    lines = [_heading(total, style)]
    if exceeded:
        lines += [f"**{exceeded}**" if style == "markdown" else exceeded]
    lines += ["Only what the plan has; use as in pricing/usage.toml, without what an account has free.", ""]
    rows = [
        (
            _address(one.address, style),
            one.action or "by others",
            amount(one.before_usd),
            amount(one.after_usd),
            f"{one.usd:+,.2f}",
        )
        for one in difference.resources[:_SHOWN]
    ]
    if rows:
        lines += _table(("resource", "", "before", "after", "difference"), rows, style)
    if len(difference.resources) > _SHOWN:
        lines += [f"{len(difference.resources) - _SHOWN} more with smaller differences.", ""]
    if difference.unknown:
        lines += [_heading(f"Not known, and not in the amounts: {len(difference.unknown)}", style)]
        lines += [f"- {_address(line, style)}" for line in difference.unknown[:_SHOWN]]
        if len(difference.unknown) > _SHOWN:
            lines.append(f"- {len(difference.unknown) - _SHOWN} more")
    return "\n".join(lines).rstrip("\n")


def amount(usd: float | None) -> str:
    """An amount in a column."""
    return "-" if usd is None else f"{usd:,.2f}".replace("-0.00", "0.00")


def _layer(line: Line) -> str:
    return line.resource.layer


def _component(line: Line) -> str:
    return line.component


def _split(found: Estimate, key: Callable[[Line], str]) -> list[tuple[str, ...]]:
    fixed: dict[str, float] = defaultdict(float)
    for line in found.lines:
        if not line.is_usage:
            fixed[key(line)] += line.usd
    rows = [(name, amount(fixed[name]), amount(usd - fixed[name]), amount(usd)) for name, usd in found.by(key).items()]
    together = ("together", amount(found.fixed_usd), amount(found.usd - found.fixed_usd), amount(found.usd))
    return [*(row for row in rows if row[-1] != "0.00"), together]


def _is_checked(name: str, region: str) -> bool:
    places = load_prices().prices.get(name, {})
    found = places.get(region) or places.get("global") or next(iter(places.values()))
    return found.checked


def _heading(text: str, style: str) -> str:
    return f"### {text}\n" if style == "markdown" else text


def _address(text: str, style: str) -> str:
    return code(text) if style == "markdown" else plain(text)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], style: str) -> list[str]:
    if style == "markdown":
        numbers = [name for name in header if name not in {"layer", "component", "part", "why", "way", "resource", ""}]
        return [*markdown_table(header, rows, numbers=numbers), ""]
    return [table([header, *rows]), ""]


def _unpriced(unpriced: Sequence[Unpriced], style: str) -> list[str]:
    if not unpriced:
        return []
    reasons = Counter((one.component, one.reason) for one in unpriced)
    first = {(one.component, one.reason): one.resource.address for one in reversed(unpriced)}
    rows = [
        (component, str(count), reason, _address(first[component, reason], style))
        for (component, reason), count in reasons.items()
    ]
    return [
        _heading("Not priced, and not in the amounts", style),
        *_table(("component", "count", "why", "for example"), rows, style),
    ]


def _sums(found: Estimate) -> dict[str, Any]:
    return {
        "usd": round(found.usd, 2),
        "fixed_usd": round(found.fixed_usd, 2),
        "layers": {name: round(usd, 2) for name, usd in found.by(_layer).items()},
        "components": {name: round(usd, 2) for name, usd in found.by(_component).items()},
        "not_priced": [
            {"address": one.resource.address, "component": one.component, "reason": one.reason}
            for one in found.unpriced
        ],
    }


def _as_json(report: Report) -> dict[str, Any]:
    return {
        "environment": report.environment,
        "regions": list(report.regions),
        **_sums(report.estimate),
        "design": [
            {"part": row.part, "design_usd": row.design_usd, "usd": round(row.usd, 2), "reason": row.reason}
            for row in report.design
        ],
        "savings": [
            {
                "name": one.name,
                "usd": round(one.usd, 2),
                "state": one.state,
                "note": one.note,
                "in_design": one.in_design,
            }
            for one in report.savings
        ],
        "lines": [
            {
                "stack": line.resource.stack,
                "address": line.resource.address,
                "component": line.component,
                "price": line.price,
                "quantity": line.quantity,
                "unit": line.unit,
                "usd": round(line.usd, 4),
                "is_usage": line.is_usage,
            }
            for line in report.estimate.lines
        ],
    }
