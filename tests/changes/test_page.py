"""docs/changes.md is what the committed outcomes say, and has a row for each setting of services and databases."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pytest

from config.environment import Environment
from config.errors import ConfigError
from config.load import load_environment
from config.schema import schema_for
from review.changes import CHANGE, DESTROY, REPLACE
from tests.changes.__main__ import PAGE
from tests.changes.arguments import FILE as ARGUMENTS
from tests.changes.arguments import Arguments
from tests.changes.cases import load_cases
from tests.changes.effects import Effect
from tests.changes.groups import grouped
from tests.changes.outcome import SETTINGS, Outcome, outcome_between, platform_of
from tests.changes.page import LOSSES, RENEWED, describe, render
from tests.changes.record import load_rows
from tests.fixtures import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.changes.cases import Case

AGAIN: Final = "write it again: python -m tests.changes"
WHOLE: Final = ("services", "postgres", "documentdb")
"""The tables of which each setting has a row."""

CASES: Final = load_cases()
ROWS: Final = load_rows()


def leaves(node: dict[str, Any], place: tuple[str, ...] = ()) -> Iterator[str]:
    """Every setting of a schema, with `*` for a name that a user gives."""
    if node.get("type") != "object" and "properties" not in node:
        yield ".".join(place)
        return
    further = [*(node.get("patternProperties") or {}).values()]
    if isinstance(node.get("additionalProperties"), dict):
        further.append(node["additionalProperties"])
    for name, inner in node.get("properties", {}).items():
        yield from leaves(inner, (*place, name))
    for inner in further:
        # Of a service's variables, the table is the setting.
        yield from leaves(inner, (*place, "*")) if inner.get("type") == "object" else iter([".".join(place)])


def test_each_setting_of_services_and_databases_has_a_change() -> None:
    settings = {leaf for leaf in leaves(schema_for(Environment, "any")) if leaf.partition(".")[0] in WHOLE}
    assert len(settings) > 60
    assert settings - {case.leaf for case in CASES} == set(), "add a change of these to tests/changes/cases.toml"


def test_a_change_has_another_value_and_is_there_once() -> None:
    assert [case.id for case in CASES if case.new == case.old] == []
    assert len({case.id for case in CASES}) == len(CASES)


def test_each_change_has_an_outcome_and_the_page_is_what_they_say() -> None:
    assert [*ROWS] == [case.id for case in CASES], AGAIN
    assert [case.id for case in CASES if ROWS[case.id].old != case.old] == [], AGAIN
    assert PAGE.read_text(encoding="utf-8") == render(CASES, ROWS), AGAIN


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_the_settings_refuse_is_refused_with_the_same_line(case: Case) -> None:
    outcome = ROWS[case.id].outcome
    if outcome.refused_by == SETTINGS:
        with pytest.raises(ConfigError, match=re.escape(outcome.message)):
            case.settings()
    else:
        case.settings()


def test_of_each_argument_that_changes_it_is_known_what_the_provider_does() -> None:
    known = Arguments.load()
    unseen = {
        f"{effect.type}: {', '.join(sorted(missing))}"
        for row in ROWS.values()
        for effect in row.outcome.effects
        if effect.kind == CHANGE and (missing := known.unseen(effect.type, effect.because.split(", ")))
    }
    assert unseen == set(), (
        "make changes ENV=.. ONLY=.. shows what the provider does with them, or its documentation (assumed)"
    )
    assert ARGUMENTS.read_text(encoding="utf-8") == known.render()


def test_the_page_says_what_is_lost_with_each_type_that_is_replaced() -> None:
    replaced = {one.type for row in ROWS.values() for one in row.outcome.effects if one.kind == REPLACE}
    assert replaced - set(LOSSES) - set(RENEWED) == set(), "say in tests/changes/page.py what is lost with these"


@pytest.mark.seconds(30)
@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_changes_together_do_what_each_of_them_does(environment: str, tmp_path: Path) -> None:
    """So an outcome that was committed before the code changed is found, with a few syntheses for all of them."""
    known = Arguments.load()
    wanted = [case for case in CASES if case.environment == environment and not ROWS[case.id].outcome.refused_by]
    base = load_environment(environment, folder=FOLDER)
    before = platform_of(base, tmp_path / "base")
    for number, group in enumerate(grouped(wanted)):
        after = platform_of(group.settings, tmp_path / str(number))
        together = outcome_between(before, after, known, is_protected=False).effects
        alone = {effect for case in group.cases for effect in ROWS[case.id].outcome.effects}
        for kinds in ({REPLACE}, {DESTROY}):
            found, listed = (
                {(one.layer, one.type) for one in effects if one.kind in kinds} for effects in (together, alone)
            )
            assert found - listed == set(), f"{AGAIN}: {[case.id for case in group.cases]}"
        touched, listed = ({(one.layer, one.type) for one in effects} for effects in (together, alone))
        assert touched - listed == set(), f"{AGAIN}: {[case.id for case in group.cases]}"


def test_an_outcome_is_described_by_the_worst_that_it_does() -> None:
    update = Effect(layer="service", kind=CHANGE, type="aws_lb_listener_rule", because="priority")
    revision = Effect(layer="service", kind=REPLACE, type="aws_ecs_task_definition", because="cpu")
    service = Effect(layer="service", kind=REPLACE, type="aws_ecs_service", because="replace_triggered_by")
    assert describe(Outcome()) == "**nothing**"
    assert describe(Outcome(effects=frozenset({update}))) == "**in place**: changes `aws_lb_listener_rule` (priority)"
    assert describe(Outcome(effects=frozenset({update, revision}))).startswith("**in place**: a new revision")
    assert describe(Outcome(effects=frozenset({update, service}))).startswith(
        "**replaced**: replaces `aws_ecs_service` (replace_triggered_by), which loses its tasks"
    )
    assert describe(Outcome(refused_by="the apply", message="no way | back")) == (
        "**refused** by the apply: no way \\| back"
    )


def test_an_effect_is_read_as_it_was_written() -> None:
    for row in ROWS.values():
        for effect in row.outcome.effects:
            assert Effect.parse(str(effect)) == effect
