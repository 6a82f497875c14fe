"""Twenty equal changes are one line, and what is lost stands first."""

from __future__ import annotations

from review.changes import resource_changes
from review.drift import drifted_arguments
from review.lines import lines
from tests.review.plan_json import changes, entry, made

BUILTIN = lines(resource_changes(made("builtin")), {})


def test_equal_changes_are_one_line() -> None:
    (tagged,) = (line for line in BUILTIN if "terraform_data.tagged[0]" in line.addresses)
    assert tagged.count == 20
    assert tagged.text == "input.tag, output (known after apply)"


def test_what_changes_to_other_values_has_a_line_of_its_own() -> None:
    def tagged(name: str, new: str) -> dict[str, object]:
        return entry(f"aws_vpc.{name}", "change", {"tags": {"a": "1"}}, {"tags": {"a": new}})

    found = lines(changes(tagged("a", "2"), tagged("b", "2"), tagged("c", "3")), {})
    assert [(line.count, line.text) for line in found] == [(2, "tags.a"), (1, "tags.a")]


def test_the_order_is_that_of_the_loss() -> None:
    kinds = list(dict.fromkeys(line.kind for line in BUILTIN))
    assert kinds == ["destroy", "replace", "forget", "change", "create", "import", "move"]


def test_moved_imported_and_forgotten_resources_say_so() -> None:
    texts = {line.addresses[0]: line.text for line in BUILTIN}
    assert texts["terraform_data.new_name"] == "moved from terraform_data.old_name"
    assert texts["terraform_data.imported"] == 'imported "an-id"'
    assert texts["terraform_data.forgotten"] == "its block is gone from the configuration"


def test_a_change_that_undoes_what_others_did_says_so() -> None:
    content = made("platform")
    texts = {line.addresses[0]: line.text for line in lines(resource_changes(content), drifted_arguments(content))}
    assert texts["aws_lb.main"] == "idle_timeout; undoes what others have changed"
    assert "undoes" not in texts["aws_lb_listener.main"]


def test_a_deposed_object_is_named_as_such() -> None:
    (line,) = lines(changes(entry("aws_vpc.a", "destroy", deposed="ab12")), {})
    assert line.addresses == ("aws_vpc.a (deposed)",)


def test_many_arguments_are_counted() -> None:
    before, after = ({f"a{number}": side for number in range(9)} for side in (1, 2))
    (line,) = lines(changes(entry("aws_vpc.a", "change", before, after)), {})
    assert line.text == "a0, a1, a2, a3, a4, a5 and 3 more"
