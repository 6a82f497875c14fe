"""Strings of JSON mean the same in HCL; Terraform is the judge."""

from __future__ import annotations

import itertools
import json
import random
import re
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from hcl import values
from hcl.templates import Part, TemplateError, literal, parse, rewrite, unparse
from tests.hcl.terraform_console import evaluate

if TYPE_CHECKING:
    from pathlib import Path

TEXTS: Final = [
    *(
        "$",
        "%",
        "{",
        "}",
        "$${",
        "%%{",
        "$${a}",
        "\\",
        '"',
        "\n",
        "\t",
        "\x01",
        "\x7f",
        "~",
        "'",
        "#",
        "//",
        "<<E\n",
        "`",
    ),
    *("a", "é", " ", "\u2028", "𝄞", "\\n", "\\u00e9", '"a"', "\r\n", "- b"),
]
SEQUENCES: Final = [
    *("${1}", '${"x"}', '${"a\\"b"}', '${"${"n"}-${2}"}', '${upper("}")}', "${[1, 2][0]}", "${{ a = 1 }.a}"),
    *('${join(",", ["x", "y"])}', '${"$${q}"}', '${"\\\\"}', "${/* } */ 3}", '${ length({"a" = "}"}) }', '${"\\n"}'),
    *("${local.z}", "${1 +\n 2}", '%{ if local.z == "z" }y%{ else }n%{ endif }', '${"${local.z}"}', '${~ "t" ~}'),
]
TEMPLATES: Final = st.lists(st.sampled_from([*TEXTS, *SEQUENCES]), max_size=6).map("".join)


def is_valid(template: str) -> bool:
    """Whether only the intended sequences are in it: a sign before one can make a text of its start."""
    whole = "|".join(map(re.escape, SEQUENCES))
    return not re.search(r"[$%]\{", re.sub(whole, "", re.sub(r"\$\$\{|%%\{", "", template)))


def samples(count: int) -> list[str]:
    """Templates that Terraform accepts; the same on every run."""
    source = random.Random(7)  # noqa: S311 - not a secret
    drawn = ("".join(source.choices([*TEXTS, *SEQUENCES], k=source.randint(1, 6))) for _ in range(count))
    # Where a `~` trims over a line break that follows `\r` or `%`, Terraform trims less.
    return [text for text in drawn if is_valid(text) and not ("~" in text and "\n" in text)]


@pytest.mark.terraform
def test_terraform_reads_the_same_value_from_json_and_from_hcl(tmp_path: Path) -> None:
    templates = samples(1200)
    assert len(templates) > 900
    document = {"locals": {"z": "z", "json": templates, "again": [unparse(parse(each)) for each in templates]}}
    (tmp_path / "json.tf.json").write_text(json.dumps(document), encoding="utf-8")
    lines = "".join(f"    {values.text(each)},\n" for each in templates)
    (tmp_path / "hcl.tf").write_text(f"locals {{\n  hcl = [\n{lines}  ]\n}}\n", encoding="utf-8")
    for other in ("hcl", "again"):
        wrong = evaluate(tmp_path, f"[for index, value in local.json : index if value != local.{other}[index]]")
        assert [(templates[index], values.text(templates[index])) for index in wrong] == []


@pytest.mark.terraform
def test_terraform_reads_every_text_back_that_is_not_evaluated(tmp_path: Path) -> None:
    texts = [*TEXTS, *SEQUENCES, *("".join(pair) for pair in itertools.pairwise(SEQUENCES)), "%\r\n$${"]
    lines = "".join(f"    {literal(each)},\n" for each in texts)
    (tmp_path / "hcl.tf").write_text(f"locals {{\n  texts = [\n{lines}  ]\n}}\n", encoding="utf-8")
    assert evaluate(tmp_path, "local.texts") == texts


@given(TEMPLATES.filter(is_valid))
def test_a_template_is_the_same_after_it_was_taken_apart(template: str) -> None:
    assert parse(unparse(parse(template))) == parse(template)


@given(st.text(alphabet='$%{}a\\"\n~'))
def test_any_text_is_a_template_or_an_error(text: str) -> None:
    try:
        parts = parse(text)
    except TemplateError:
        event("an error")
    else:
        assert parse(unparse(parts)) == parts


@pytest.mark.parametrize(
    ("template", "written"),
    [
        ("${aws_vpc.vpc.id}", "aws_vpc.vpc.id"),
        ("a-${aws_vpc.vpc.id}", '"a-${aws_vpc.vpc.id}"'),
        ("${a}${b}", '"${a}${b}"'),
        ("$${a}", '"$${a}"'),
        ("%%{a}", '"%%{a}"'),
        ("$$${a}", '"$$${a}"'),
        ('say "x"\n', '"say \\"x\\"\\n"'),
        ("\\n", '"\\\\n"'),
        ("${1 +\n2}", "(1 +\n2)"),
        ('${"a"}', '"a"'),
        ("", '""'),
        ("\ud83d", '"\ufffd"'),
    ],
)
def test_a_template_is_an_expression_if_it_is_nothing_else(template: str, written: str) -> None:
    assert values.text(template) == written


@pytest.mark.parametrize("template", ["${", "${a", '${"a}', "%{ if a", "${<<E\na\n}", "a ${[}"])
def test_what_is_not_closed_is_an_error(template: str) -> None:
    with pytest.raises(TemplateError, match="not closed"):
        parse(template)


def test_only_code_is_rewritten() -> None:
    expression = 'a.b == "a.b ${a.b} $${a.b}" /* a.b */ && f(a.b) # a.b'
    changed = rewrite(expression, lambda code: code.replace("a.b", "c.d"))
    assert changed == 'c.d == "a.b ${c.d} $${a.b}" /* a.b */ && f(c.d) # a.b'


def test_a_heredoc_in_an_expression_is_a_template() -> None:
    expression = "f(<<E\na.b } ${a.b}\nE\n)"
    assert rewrite(expression, lambda code: code.replace("a.b", "c.d")) == "f(<<E\na.b } ${c.d}\nE\n)"
    assert parse(f"${{{expression}}}") == [Part(expression, "$")]
