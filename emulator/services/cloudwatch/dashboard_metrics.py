"""The metrics of a widget: a row each, with an abbreviation for what a row has in common with the one above.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
(Metric Widget: Format for Each Metric in the Array)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from emulator.services.cloudwatch.metric_queries import is_statistic, used_ids

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_SAME, _SAME_START = ".", "..."
_MOST_DIMENSIONS = 30
_ID = re.compile(r"[a-z]\w*", re.ASCII)
_OPTIONS = {
    "accountId", "color", "expression", "id", "label", "period", "region", "searchExpression", "stat", "visible",
    "yAxis",
}  # fmt: skip
# https://github.com/aws/aws-cdk/issues/20024
_COLOR = re.compile(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


def metric_count(rows: Sequence[object]) -> int:
    """How many metrics CloudWatch reads for the rows: hidden ones count, expressions do not."""
    return sum(isinstance(row, list) and bool(row) and isinstance(row[0], str) for row in rows)


def row_problems(rows: Sequence[object], path: str) -> Iterator[tuple[str, str]]:
    """Find rows that are neither a metric nor an expression, ids that are there twice and ids that are not there."""
    options = [row[-1] if isinstance(row, list) and row and isinstance(row[-1], dict) else {} for row in rows]
    ids = [str(one["id"]) for one in options if "id" in one]
    for index, (row, one) in enumerate(zip(rows, options, strict=True)):
        here = f"{path}/{index}"
        if not isinstance(row, list) or not row:
            yield here, "Should be array"
            continue
        yield from _shape_problems(row, one, here, is_first=index == 0)
        yield from _option_problems(one, ids, here)


def _shape_problems(
    row: Sequence[object], options: Mapping[str, Any], path: str, *, is_first: bool
) -> Iterator[tuple[str, str]]:
    words = row[:-1] if options or row[-1] == {} else row
    if not words:
        if not isinstance(options.get("expression"), str):
            yield path, "Should have required property 'expression'"
        return
    if not all(isinstance(word, str) and word for word in words):
        yield path, "Should be string"
        return
    if is_first and {_SAME, _SAME_START} & set(map(str, words)):
        yield path, "the first metric cannot repeat the one above"
    if _SAME_START in words:
        return
    if len(words) < 2 or len(words) % 2:  # noqa: PLR2004 (namespace and name, then pairs)
        yield path, "Should be a namespace, a name, and a name and a value of each dimension"
    elif len(words) > 2 + 2 * _MOST_DIMENSIONS:
        yield path, f"Should NOT have more than {_MOST_DIMENSIONS} dimensions"


def _option_problems(options: Mapping[str, Any], ids: Sequence[str], path: str) -> Iterator[tuple[str, str]]:
    for name in sorted(set(options) - _OPTIONS):
        yield path, f"Should NOT have additional properties: '{name}'"
    id_ = options.get("id")
    if id_ is not None and not _ID.fullmatch(str(id_)):
        yield f"{path}/id", "Should match pattern '^[a-z][a-zA-Z0-9_]*$'"
    if id_ is not None and ids.count(str(id_)) > 1:
        yield f"{path}/id", f"Id '{id_}' should be unique"
    if "stat" in options and not is_statistic(str(options["stat"])):
        yield f"{path}/stat", f"'{options['stat']}' is not a valid statistic"
    if "color" in options and not _COLOR.fullmatch(str(options["color"])):
        yield f"{path}/color", "Should match pattern '^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$'"
    if options.get("yAxis", "left") not in ("left", "right"):
        yield f"{path}/yAxis", "Should be equal to one of the allowed values"
    for used in used_ids(str(options.get("expression", ""))):
        if used not in ids:
            yield f"{path}/expression", f"'{used}' is not the id of a metric or an expression of the widget"
