"""Stacks as one graph: names, references between stacks, providers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hcl.merge import Merged, Origin, merge
from synthesis.manifest import OutputError, Stack
from tests.outputs import backend, identity

ACME = {"acme": {"source": "acme/acme", "version": "1.0.0"}}


def stack(name: str, *needs: str, provider: Any = None, version: str = ">= 1.11", **document: Any) -> Stack:
    """A stack that can read the states of those that it needs, by their names."""
    data = document.pop("data", {})
    states = {need: {"backend": "s3", "config": backend(need)} for need in needs}
    return Stack(
        id=f"dev-{name}",
        folder=Path(f"dev-{name}"),
        dependencies=tuple(f"dev-{need}" for need in needs),
        document={
            "//": {"metadata": identity(layer=name, name=name)},
            "terraform": {
                "required_version": version,
                "required_providers": ACME,
                "backend": {"s3": backend(name)},
            },
            "provider": {"acme": provider or [{"region": "a"}]},
            "data": data | ({"terraform_remote_state": states} if states else {}),
            **document,
        },
    )


def merged(*stacks: Stack) -> Merged:
    return merge({each.id: each for each in stacks})


def thing(graph: Merged, name: str, renamed: str) -> dict[str, Any]:
    found: dict[str, Any] = graph.stacks[name]["resource"]["acme_thing"][renamed]
    return found


def read(output: str, name: str = "a") -> str:
    return f"${{data.terraform_remote_state.{name}.outputs.{output}}}"


@pytest.mark.parametrize(
    ("value", "used", "expected"),
    [
        ("${acme_thing.x.id}", read("o"), "${acme_thing.x.id}"),
        ("${acme_thing.x.id}", f"pre-{read('o')}-post", "pre-${acme_thing.x.id}-post"),
        ("text", read("o"), "text"),
        ("text $${a}", f"pre-{read('o')}", "pre-text $${a}"),
        ("{a", f"%{read('o')}", "%%{a"),
        ("cost $", f"{read('o')}${{local.l}}", 'cost ${"$"}${local.l}'),
        ("a-${acme_thing.x.id}", f"pre-{read('o')}", "pre-a-${acme_thing.x.id}"),
        ("${a.b + 1}", "${2 * data.terraform_remote_state.a.outputs.o}", "${2 * (a.b + 1)}"),
        (
            ["${acme_thing.x.id}", "b"],
            "${data.terraform_remote_state.a.outputs.o[0]}",
            '${([acme_thing.x.id, "b"])[0]}',
        ),
        (
            {"k": "${acme_thing.x.id}"},
            "${data.terraform_remote_state.a.outputs.o.k}",
            "${({\nk = acme_thing.x.id\n}).k}",
        ),
        (5, read("o"), "${5}"),
        (True, read("o"), "${true}"),
    ],
)
def test_an_output_of_another_stack_is_what_it_stands_for(value: Any, used: str, expected: str) -> None:
    first = stack("a", resource={"acme_thing": {"x": {}}}, output={"o": {"value": value}, "kept": {"value": "k"}})
    second = stack("b", "a", resource={"acme_thing": {"y": {"name": used, "parts": ["a", used]}}})
    graph = merged(first, second)
    assert thing(graph, "b", "y")["name"] == expected
    assert thing(graph, "b", "y")["parts"] == ["a", expected]
    assert graph.common["output"] == {"kept": {"value": "k"}}
    assert "data" not in graph.stacks["b"]


def test_an_output_is_followed_through_several_stacks() -> None:
    first = stack("a", resource={"acme_thing": {"x": {}}}, output={"o": {"value": "${acme_thing.x.id}"}})
    second = stack("b", "a", output={"p": {"value": f"b-{read('o')}"}})
    third = stack("c", "b", resource={"acme_thing": {"x": {"name": read("p", "b")}}})
    assert thing(merged(first, second, third), "c", "c_x")["name"] == "b-${acme_thing.a_x.id}"


def test_a_state_that_is_not_of_these_stacks_stays() -> None:
    state = {"backend": "s3", "config": {"bucket": "other", "key": "k"}}
    only = stack(
        "b", data={"terraform_remote_state": {"z": state}}, resource={"acme_thing": {"y": {"name": read("o", "z")}}}
    )
    graph = merged(only)
    assert thing(graph, "b", "y")["name"] == read("o", "z")
    assert graph.addresses["data.terraform_remote_state.z"] == Origin("dev-b", "data.terraform_remote_state.z")


def test_an_output_that_does_not_exist_leaves_the_reference_and_the_state() -> None:
    graph = merged(stack("a"), stack("b", "a", resource={"acme_thing": {"y": {"name": read("missing")}}}))
    assert thing(graph, "b", "y")["name"] == read("missing")
    assert graph.stacks["b"]["data"]["terraform_remote_state"].keys() == {"a"}


def test_outputs_that_refer_to_each_other_are_refused() -> None:
    first = stack("a", output={"o": {"value": read("o", "self")}}, data={})
    first.document["data"]["terraform_remote_state"] = {"self": {"config": backend("a")}}
    second = stack("b", "a", resource={"acme_thing": {"y": {"name": read("o")}}})
    with pytest.raises(OutputError, match="The output o of dev-a refers to itself"):
        merged(first, second)


def test_a_name_of_two_stacks_starts_with_the_stack() -> None:
    def one(name: str) -> Stack:
        uses = {
            "name": "${acme_thing.x.id} acme_thing.x.id $${acme_thing.x.id} ${local.l}",
            "depends_on": ["acme_thing.x", "data.acme_thing.x"],
            "lifecycle": {"replace_triggered_by": ["acme_thing.x.id"], "ignore_changes": ["acme_thing"]},
        }
        return stack(
            name,
            resource={"acme_thing": {"x": {}, f"only-{name}": uses}},
            data={"acme_thing": {"x": {}}},
            locals={"l": "${var.v}-${acme_thing.x.name}"},
            variable={"v": {"type": "string", "default": name}, "same": {"default": "${acme_thing.x}"}},
            output={"o": {"value": "${acme_thing.x.id}"}},
        )

    graph = merged(one("a"), one("b"))
    for name in ("a", "b"):
        assert thing(graph, name, f"only-{name}") == {
            "name": f"${{acme_thing.{name}_x.id}} acme_thing.x.id $${{acme_thing.x.id}} ${{local.{name}_l}}",
            "depends_on": [f"acme_thing.{name}_x", f"data.acme_thing.{name}_x"],
            "lifecycle": [{"replace_triggered_by": [f"acme_thing.{name}_x.id"], "ignore_changes": ["acme_thing"]}],
        }
        assert graph.common["locals"][f"{name}_l"] == f"${{var.{name}_v}}-${{acme_thing.{name}_x.name}}"
        assert graph.common["output"][f"{name}_o"] == {"value": f"${{acme_thing.{name}_x.id}}"}
    assert graph.common["variable"].keys() == {"a_v", "b_v", "same"}
    assert graph.common["variable"]["same"] == {"default": "${acme_thing.x}"}
    assert graph.addresses == {
        "acme_thing.a_x": Origin("dev-a", "acme_thing.x"),
        "acme_thing.b_x": Origin("dev-b", "acme_thing.x"),
        "acme_thing.only-a": Origin("dev-a", "acme_thing.only-a"),
        "acme_thing.only-b": Origin("dev-b", "acme_thing.only-b"),
        "data.acme_thing.a_x": Origin("dev-a", "data.acme_thing.x"),
        "data.acme_thing.b_x": Origin("dev-b", "data.acme_thing.x"),
    }


def test_a_new_name_is_never_one_that_exists() -> None:
    first = stack("a", resource={"acme_thing": {"x": {}, "b_x": {}, "b_x_": {}}})
    second = stack("b", resource={"acme_thing": {"x": {"name": "${acme_thing.x.id}"}}})
    graph = merged(first, second)
    assert set(graph.addresses) == {f"acme_thing.{name}" for name in ("a_x", "b_x", "b_x_", "b_x__")}
    assert thing(graph, "b", "b_x__")["name"] == "${acme_thing.b_x__.id}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${acme_thing.x[0].id}", "${acme_thing.a_x[0].id}"),
        ("${acme_thing.x}", "${acme_thing.a_x}"),
        ("${[for o in acme_thing.x.list : o.acme_thing.x]}", "${[for o in acme_thing.a_x.list : o.acme_thing.x]}"),
        ("${local.m.acme_thing.x}", "${local.m.acme_thing.x}"),
        ("${f(a)[*].acme_thing.x}", "${f(a)[*].acme_thing.x}"),
        ("${1-acme_thing.x.size}", "${1-acme_thing.a_x.size}"),
        ("${-acme_thing.x.size}", "${-acme_thing.a_x.size}"),
        ("${acme_thing.x-y.id}", "${acme_thing.x-y.id}"),
        ("${acme_thing . x . id}", "${acme_thing.a_x.id}"),
        ('${m["acme_thing.x"]} ${m[acme_thing.x.id]}', '${m["acme_thing.x"]} ${m[acme_thing.a_x.id]}'),
        (
            '%{ if acme_thing.x.id == "acme_thing.x" }a%{ endif }',
            '%{ if acme_thing.a_x.id == "acme_thing.x" }a%{ endif }',
        ),
        ('${"${acme_thing.x.id}"}', '${"${acme_thing.a_x.id}"}'),
    ],
)
def test_only_references_are_renamed(text: str, expected: str) -> None:
    first = stack("a", resource={"acme_thing": {"x": {}, "uses": {"name": text, "tags": {text: "v"}}}})
    graph = merged(first, stack("b", resource={"acme_thing": {"x": {}}}))
    assert thing(graph, "a", "uses") == {"name": expected, "tags": {expected: "v"}}


def test_equal_configurations_of_a_provider_are_one() -> None:
    things: dict[str, Any] = {"acme_thing": {"x": {}}}
    graph = merged(stack("a", resource=things), stack("b", resource=things))
    assert graph.common["provider"] == {"acme": [{"region": "a"}]}
    assert "provider" not in thing(graph, "a", "a_x")


def test_other_configurations_get_the_name_of_their_stack() -> None:
    things = {"acme_thing": {"x": {}, "y": {"provider": "acme.west"}, "z": {"provider": "acme"}}}
    both = [{"region": "a", "tags": {"layer": "l"}}, {"alias": "west", "region": "west"}]
    graph = merged(
        stack("a", resource=things, provider=both), stack("b", resource=things, provider=[{"region": "b"}, both[1]])
    )
    assert graph.common["provider"] == {
        "acme": [
            {"alias": "a", "region": "a", "tags": {"layer": "l"}},
            {"alias": "a-west", "region": "west"},
            {"alias": "b", "region": "b"},
        ]
    }
    found = {
        key: each["provider"]
        for name in ("a", "b")
        for key, each in graph.stacks[name]["resource"]["acme_thing"].items()
    }
    assert found == {
        "a_x": "acme.a",
        "a_y": "acme.a-west",
        "a_z": "acme.a",
        "b_x": "acme.b",
        "b_y": "acme.a-west",
        "b_z": "acme.b",
    }


def test_a_module_gets_the_providers_of_its_stack() -> None:
    call = {"source": "./m", "size": "${acme_thing.x.size}"}
    first = stack("a", module={"m": call}, resource={"acme_thing": {"x": {}}})
    second = stack(
        "b", provider=[{"region": "b"}], resource={"acme_thing": {"x": {"name": "${module.m.id}"}}}, module={"m": call}
    )
    graph = merged(first, second)
    assert graph.stacks["a"]["module"]["a_m"] == {
        "source": "./m",
        "size": "${acme_thing.a_x.size}",
        "providers": {"acme": "acme.a"},
    }
    assert thing(graph, "b", "b_x")["name"] == "${module.b_m.id}"


def test_what_is_of_a_state_is_left_out() -> None:
    first = stack("a", moved={"from": "acme_thing.o", "to": "acme_thing.x"}, resource={"acme_thing": {"x": {}}})
    graph = merged(first)
    assert graph.common["terraform"] == {
        "required_version": ">= 1.11",
        "required_providers": {"acme": {"source": "acme/acme", "version": "1.0.0"}},
    }
    assert graph.stacks["a"].keys() == {"resource"}


def test_versions_of_all_stacks_must_hold() -> None:
    graph = merged(stack("a"), stack("b", version=">= 1.12"))
    assert graph.common["terraform"]["required_version"] == ">= 1.11, >= 1.12"


def test_a_local_name_of_two_providers_is_refused() -> None:
    second = stack("b")
    second.document["terraform"]["required_providers"] = {"acme": {"source": "other/acme"}}
    with pytest.raises(OutputError, match=r"dev-b calls other/acme 'acme', and another stack calls acme/acme so"):
        merged(stack("a"), second)


@pytest.mark.parametrize("content", [{"name": "${a"}, {"depends_on": ["${a"]}, {"tags": {"${a": 1}}])
def test_a_string_that_is_not_a_template_is_refused_with_its_stack(content: dict[str, Any]) -> None:
    with pytest.raises(OutputError, match="dev-a: a sequence is not closed"):
        merged(stack("a", resource={"acme_thing": {"x": content}}))
