"""The page docs/changes.md: what the change of each setting does, rendered from the committed outcomes."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from review.changes import CHANGE, CREATE, DESTROY, REPLACE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tests.changes.cases import Case
    from tests.changes.effects import Effect
    from tests.changes.outcome import Outcome
    from tests.changes.record import Row

RENEWED: Final[Mapping[str, str]] = {
    "aws_ecs_task_definition": "a new revision, which the next release uses",
    "aws_lambda_invocation": "the function of the database runs",
}
"""Types that are only ever made again; the old one is of no use to anybody."""

LOSSES: Final[Mapping[str, str]] = {
    "aws_acm_certificate": "nothing: the new one is valid before",
    "aws_cloudwatch_log_group": "its logs",
    "aws_cloudwatch_log_metric_filter": "nothing",
    "aws_codedeploy_app": "the list of its deployments",
    "aws_codedeploy_deployment_group": "a deployment that runs",
    "aws_db_instance": "its data, but for a replica",
    "aws_db_parameter_group": "nothing",
    "aws_db_proxy": "connections, and its address",
    "aws_docdb_cluster": "its data",
    "aws_docdb_cluster_parameter_group": "nothing",
    "aws_ecr_lifecycle_policy": "nothing",
    "aws_ecr_repository": "its images",
    "aws_ecs_service": "its tasks: the placeholder runs until the next release",
    "aws_eip": "its address",
    "aws_kms_key": "what it encrypts, after 7 days",
    "aws_lb": "its address in DNS, and requests until the records follow",
    "aws_lb_listener": "requests until the new one is there",
    "aws_lb_listener_rule": "requests to its paths until the new one is there",
    "aws_lb_target_group": "requests until its tasks are healthy",
    "aws_nat_gateway": "connections to the internet",
    "aws_route53_health_check": "its history",
    "aws_s3_bucket": "what is in it",
    "aws_secretsmanager_secret": "its value; another one is made",
    "aws_secretsmanager_secret_version": "the old password",
    "aws_sns_topic_subscription": "nothing; its owner confirms the new one",
    "aws_ssm_parameter": "its value",
    "aws_wafv2_web_acl": "nothing",
}
"""What is lost when a resource of the type is replaced or destroyed; of all other types, nothing that people miss."""

_HEAD: Final = """\
# What a change of a setting does

Each row is a change of one setting, and what the next apply does because of it:

- **nothing**: no resource differs.
- **in place**: resources are changed, made or deleted, and none is replaced; the row says what goes with the deleted.
- **replaced**: another resource takes the place of the old one; the row says what forces it, and what is lost.
- **refused**: by the settings, so that nothing is written, or by the apply, before it changes anything.

The changes are `tests/changes/cases.toml`, on the environments in `tests/environments/`: dev deploys by `rolling` and
is not protected; prod deploys by `blue_green`, and `protect_data = true`. With protected data, changes that restart a
database wait for its maintenance window, but for a major upgrade. How to swap two priorities is in
[services.md](services.md#what-cannot-be-changed-in-place), zones are in [settings.md](settings.md#zones).

The table is computed: from the JSON before and after, and from what the provider does when an argument changes
(`tests/changes/arguments.toml`, seen in real plans). Where no plan was seen yet, the file says so (`assumed`), and
follows the provider's documentation. A setting of a service or a database without a row fails a test, and so does an
argument of which nothing is known. After a change of the code, write it again:

```sh
.venv/bin/python -m tests.changes    # a few minutes, without Terraform
make changes                         # on the emulator, each change alone, there and back; hours
```
"""


def render(cases: Sequence[Case], rows: Mapping[str, Row]) -> str:
    """The page."""
    parts = [_HEAD]
    for table, group in groupby(cases, key=lambda case: (case.environment, _table(case))):
        environment, name = table
        parts.append(f"## {_heading(name)} in {environment}\n")
        parts.append("| setting | change | what it does |\n| --- | --- | --- |")
        parts += [_row(case, rows[case.id]) for case in group]
        parts.append("")
    return "\n".join(parts)


def _table(case: Case) -> str:
    parts = case.setting.split(".")
    return ".".join(parts[:2]) if parts[0] == "services" else parts[0] if len(parts) > 1 else ""


def _heading(table: str) -> str:
    return f"`[{table}]`" if table else "Settings without a table"


def _row(case: Case, row: Row) -> str:
    name = case.setting.removeprefix(f"{_table(case)}.")
    also = [*(f"`{place}`" for place in case.along), *(f"without `{place}`" for place in case.without)]
    with_ = f", with {', '.join(also)}" if also else ""
    return f"| `{name}` | {_code(row.old)} to {_code(case.new)}{with_} | {describe(row.outcome)} |"


def _code(text: str) -> str:
    return text if text == "not set" else f"`{text}`".replace("|", "\\|")


def describe(outcome: Outcome) -> str:
    """What an outcome is, for a person."""
    if outcome.refused_by:
        return f"**refused** by {outcome.refused_by}: {_escape(outcome.message)}"
    if not outcome.effects:
        return "**nothing**"
    replaced = [one for one in outcome.effects if one.kind == REPLACE and one.type not in RENEWED]
    return f"**{'replaced' if replaced else 'in place'}**: {'; '.join(_parts(outcome.effects))}"


def _parts(effects: Iterable[Effect]) -> Iterator[str]:
    of_kind = {kind: sorted(one for one in effects if one.kind == kind) for kind in (REPLACE, CHANGE, CREATE, DESTROY)}
    for one in of_kind[REPLACE]:
        if one.type not in RENEWED:
            yield f"replaces `{one.type}` ({one.because}), which loses {LOSSES.get(one.type, 'nothing')}"
    for type_, text in RENEWED.items():
        if any(one.type == type_ for one in of_kind[REPLACE]):
            yield text
    if changed := _names(of_kind[CHANGE], arguments=True):
        yield f"changes {changed}"
    if made := _names(of_kind[CREATE]):
        yield f"makes {made}"
    if deleted := _names(of_kind[DESTROY]):
        lost = sorted({f"{LOSSES[one.type]} (`{one.type}`)" for one in of_kind[DESTROY] if one.type in LOSSES})
        yield f"deletes {deleted}" + (f", and with them {', '.join(lost)}" if lost else "")


def _names(effects: Sequence[Effect], *, arguments: bool = False) -> str:
    """The types, each once, with the arguments that change."""
    found: dict[str, set[str]] = {}
    for one in effects:
        found.setdefault(one.type, set()).update(one.because.split(", ") if arguments and one.because else ())
    return ", ".join(
        f"`{type_}`" + (f" ({', '.join(sorted(names))})" if names else "") for type_, names in sorted(found.items())
    )


def _escape(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
