"""`python -m pricing`: what it prints, its exit status, and each input that is not readable in one line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pricing.__main__ import EXIT_ABOVE, EXIT_BAD_INPUT, EXIT_OK, main
from tests.pricing.plans import change, plan

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., tuple[int, str, str]]

USAGE = Path(__file__).with_name("usage.toml")
NEW = plan(*(change(f"aws_kms_key.{name}", None, {}) for name in "abc"))


@pytest.fixture
def run(output: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run it over the tests' environments; its status, what it printed, and its errors."""

    def run_it(*arguments: str, usage: Path = USAGE, folder: Path = output) -> tuple[int, str, str]:
        status = main([*arguments, "--usage", str(usage), "--output", str(folder)])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run_it


def written(folder: Path, content: Any) -> str:
    file = folder / "plan.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return str(file)


def test_one_environment_has_layers_components_the_design_and_ways_to_save(run: Run) -> None:
    status, out, err = run("prod")
    assert (status, err) == (EXIT_OK, "")
    assert out.startswith("What prod costs a month in us-east-1, us-west-2: ")
    for text in ("\ndata  ", "\nPostgreSQL  ", "\nNAT Gateway  ", "\nALB  ", "\nARM64 tasks  ", "checked = false"):
        assert text in out
    assert max(map(len, out.splitlines())) < 160


def test_all_environments_are_side_by_side(run: Run) -> None:
    status, out, _ = run()
    assert status == EXIT_OK
    assert out.splitlines()[1].split() == ["component", "dev", "prod", "staging"]
    assert "Next: 'make cost ENV=prod' shows" in out


def test_json_has_every_line_and_sums_that_agree(run: Run) -> None:
    found = json.loads(run("prod", "--format", "json")[1])
    assert found["usd"] == pytest.approx(sum(line["usd"] for line in found["lines"]), abs=0.05)
    assert found["usd"] == pytest.approx(sum(found["layers"].values()), abs=0.1)
    assert found["usd"] == pytest.approx(sum(found["components"].values()), abs=0.2)
    assert found["not_priced"] == []
    assert {"design", "savings"} <= set(found)
    assert set(json.loads(run("--format", "json")[1])) == {"dev", "staging", "prod"}


def test_markdown_has_tables(run: Run) -> None:
    out = run("dev", "--format", "markdown")[1]
    assert out.startswith("### What dev costs a month in us-east-1: ")
    assert "| layer | fixed | use | together |\n| --- | ---: | ---: | ---: |" in out


def test_a_plan_is_compared_with_the_limit_of_its_environment(run: Run, tmp_path: Path) -> None:
    file = written(tmp_path, NEW)
    limit = tmp_path / "usage.toml"
    limit.write_text("[environments.dev.limit]\nincrease_usd = 2\n", encoding="utf-8")
    status, out, err = run("dev", "--plan", file, usage=limit)
    assert status == EXIT_ABOVE
    assert err == (
        "The plan costs 3.09 USD a month more; the limit is 2.00 USD: pricing/usage.toml [environments.dev.limit]\n"
    )
    assert out.startswith("3.09 USD a month more: 0.00 before, 3.09 after\nThe plan costs 3.09 USD")
    assert run("prod", "--plan", file, usage=limit)[0] == EXIT_OK
    assert run("--plan", file, usage=limit)[0] == EXIT_OK


def test_several_plans_are_added_and_what_is_unknown_is_named(run: Run, tmp_path: Path) -> None:
    file = written(tmp_path, plan(change("aws_kms_key.a", None, {}), change("aws_redshift_cluster.b", None, {})))
    status, out, _ = run("--plan", file, "--plan", file)
    assert status == EXIT_OK
    assert out.startswith("2.06 USD a month more")
    assert "Not known, and not in the amounts: 2\n- aws_redshift_cluster.b: the type aws_redshift_cluster" in out
    found = json.loads(run("--plan", file, "--format", "json")[1])
    assert (found["difference_usd"], len(found["unknown"]), found["exceeded"]) == (1.03, 1, None)


def test_an_address_cannot_write_markdown(run: Run, tmp_path: Path) -> None:
    address = 'aws_kms_key.a["\n\n## **passed** <b>"]'
    out = run("--plan", written(tmp_path, plan(change(address, None, {}))), "--format", "markdown")[1]
    assert "## **" not in out
    assert "<b>" not in out


def test_an_address_cannot_move_the_cursor_or_turn_the_text(run: Run, tmp_path: Path) -> None:
    changes = (change(f'{kind}.a["\n\x1b[31m\u202e"]', None, {}) for kind in ("aws_kms_key", "aws_redshift_cluster"))
    out = run("--plan", written(tmp_path, plan(*changes)))[1]
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert out.count(r'a["\u000a\u001b[31m\u202e"]') == 2


def test_what_is_not_listed_is_counted(run: Run, tmp_path: Path) -> None:
    unknown = (change(f"aws_redshift_cluster.a{index}", None, {}) for index in range(33))
    known = (change(f"aws_kms_key.a{index}", None, {}) for index in range(32))
    out = run("--plan", written(tmp_path, plan(*unknown, *known)))[1]
    assert "\n2 more with smaller differences.\n" in out
    assert out.endswith("\n- 3 more\n")


def test_a_destroy_costs_less(run: Run, tmp_path: Path) -> None:
    out = run("--plan", written(tmp_path, plan(change("aws_eip.a", {}, None))))[1]
    assert out.startswith("3.65 USD a month less: 3.65 before, 0.00 after")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "plan.json: is empty; make one with `terraform plan -out=FILE`"),
        ("[" * 100_000, "plan.json: is not JSON"),
        ([], "plan.json: must be a JSON object"),
        ({"format_version": "1.0", "values": {}}, "plan.json: is a state and not a plan"),
        (plan() | {"errored": True}, "the plan ended with an error and has only a part of the changes"),
        (
            plan(change("aws_eip.a", None, {"region": "xx-1"})),
            "pricing/prices.toml has no prices of xx-1; it has those of us-east-1, us-west-2. Add the prices",
        ),
    ],
)
def test_a_plan_that_is_not_readable_is_reported(run: Run, tmp_path: Path, content: Any, message: str) -> None:
    status, out, err = run("--plan", written(tmp_path, content))
    assert (status, out) == (EXIT_BAD_INPUT, "")
    assert message in err
    assert err.count("\n") == 1


def test_what_is_not_there_is_reported(run: Run, tmp_path: Path) -> None:
    status, _, err = run(folder=tmp_path)
    assert (status, err) == (EXIT_BAD_INPUT, f"There is no {tmp_path / 'manifest.json'}.\nRun `make synth` first.\n")
    status, _, err = run("production")
    assert status == EXIT_BAD_INPUT
    assert err.startswith("The synthesized output has no environment 'production'. It has: dev, prod, staging.")
    status, _, err = run("--plan", str(tmp_path / "no.json"))
    assert (status, err.count("\n")) == (EXIT_BAD_INPUT, 1)
    assert "no.json: cannot be read: No such file or directory" in err
    status, _, err = run("prod", usage=tmp_path / "no.toml")
    assert (status, err) == (EXIT_BAD_INPUT, f"{tmp_path / 'no.toml'}: cannot be read: No such file or directory\n")


def test_an_environment_in_a_region_without_prices_is_refused(run: Run, tmp_path: Path) -> None:
    stack = {
        "//": {"metadata": {"environment": "x", "layer": "a", "region": "ap-south-1", "project": "p"}},
        "resource": {"aws_eip": {"a": {}}},
    }
    folder = tmp_path / "stacks" / "x-a"
    folder.mkdir(parents=True)
    (folder / "cdk.tf.json").write_text(json.dumps(stack), encoding="utf-8")
    manifest = {"stacks": {"x-a": {"workingDirectory": "stacks/x-a"}}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    status, out, err = run("x", folder=tmp_path)
    assert (status, out) == (EXIT_BAD_INPUT, "")
    assert err.startswith("pricing/prices.toml has no prices of ap-south-1; it has those of us-east-1, us-west-2.")


def test_a_missing_price_fails_after_the_estimate(run: Run, tmp_path: Path) -> None:
    stack = {
        "//": {"metadata": {"environment": "x", "layer": "a", "region": "us-east-1", "project": "p"}},
        "resource": {
            "aws_db_instance": {"a": {"engine": "postgres", "instance_class": "db.z9.large", "allocated_storage": 20}},
            "aws_redshift_cluster": {"a": {}},
        },
    }
    folder = tmp_path / "stacks" / "x-a"
    folder.mkdir(parents=True)
    (folder / "cdk.tf.json").write_text(json.dumps(stack), encoding="utf-8")
    manifest = {"stacks": {"x-a": {"workingDirectory": "stacks/x-a"}}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    status, out, err = run("x", folder=tmp_path)
    assert status == EXIT_ABOVE
    assert "Not priced, and not in the amounts" in out
    assert "the type aws_redshift_cluster has no price and is not known to be free" in out
    assert err.startswith("prices.toml has no price postgres/db.z9.large; it has db.t3.micro, ")
    assert err.endswith("Add it, with its source and date: docs/cost.md#prices\n")
    assert err.count("\n") == 1
