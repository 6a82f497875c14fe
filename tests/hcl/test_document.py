"""Each block of Terraform in HCL, and what is refused."""

from __future__ import annotations

import re
from typing import Any

import pytest

from hcl.document import files
from synthesis.manifest import OutputError
from tests.hcl.acme import PROVIDERS


def lines(document: dict[str, Any], file: str = "main.tf") -> list[str]:
    """The lines of a file, without what only `terraform fmt` cares for."""
    return [
        re.sub(r"\s+", " ", line).strip() for line in files(document, PROVIDERS, "dev-x")[file].splitlines() if line
    ]


def body(content: dict[str, Any], kind: str = "resource", type_: str = "acme_thing") -> list[str]:
    found = lines({kind: {type_: {"a": content}}})
    assert found[0].startswith(f'{kind} "{type_}" "a" {{')
    return found[1:-1]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"name": "x", "size": 1.5, "tags": None}, ['name = "x"', "size = 1.5", "tags = null"]),
        (
            {"tags": {"a": "b", "c d": "$${e}", "for": "x"}},
            ["tags = {", 'a = "b"', '"c d" = "$${e}"', '"for" = "x"', "}"],
        ),
        ({"tags": {"${var.a}": "1", "a${var.a}": "2"}}, ["tags = {", '(var.a) = "1"', '"a${var.a}" = "2"', "}"]),
        ({"tags": {"//": "kept"}}, ["tags = {", '"//" = "kept"', "}"]),
        ({"tags": "${local.tags}"}, ["tags = local.tags"]),
        ({"parts": ["a", "${b.c}"]}, ['parts = ["a", b.c]']),
        ({"parts": []}, ["parts = []"]),
        ({"shape": {"x": 1}}, ["shape = {", "x = 1", "}"]),
        ({"setting": {"key": "a"}}, ["setting {", 'key = "a"', "}"]),
        ({"setting": [{"key": "a"}, {}]}, ["setting {", 'key = "a"', "}", "setting {", "}"]),
        ({"setting": {"deep": [{}]}}, ["setting {", "deep {", "}", "}"]),
        ({"setting": []}, []),
        ({"timeouts": {"create": "1m"}}, ["timeouts {", 'create = "1m"', "}"]),
        ({"stage": {"one": {"size": 1}}}, ['stage "one" {', "size = 1", "}"]),
        ({"rules": [{"port": 1, "note": None}]}, ["rules {", "port = 1", "}"]),
        ({"rules": []}, ["rules = []"]),
        ({"rules": "${local.rules}"}, ["rules = local.rules"]),
        ({"//": {"metadata": "dropped"}, "setting": {"//": "dropped", "key": "a"}}, ["setting {", 'key = "a"', "}"]),
    ],
)
def test_the_schema_decides_between_arguments_and_blocks(content: dict[str, Any], expected: list[str]) -> None:
    assert body(content) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"count": 2, "name": "x"}, ["count = 2", 'name = "x"']),
        ({"for_each": "${toset(local.a)}", "name": "${each.key}"}, ["for_each = toset(local.a)", "name = each.key"]),
        ({"provider": "acme.west"}, ["provider = acme.west"]),
        ({"depends_on": ["acme_thing.b", "module.c"]}, ["depends_on = [acme_thing.b, module.c]"]),
        (
            {"lifecycle": {"ignore_changes": ["tags", 'tags["a"]'], "prevent_destroy": True}},
            ["lifecycle {", 'ignore_changes = [tags, tags["a"]]', "prevent_destroy = true", "}"],
        ),
        ({"lifecycle": {"ignore_changes": "all"}}, ["lifecycle {", "ignore_changes = all", "}"]),
        (
            {"lifecycle": [{"replace_triggered_by": ["acme_thing.b.name"]}]},
            ["lifecycle {", "replace_triggered_by = [acme_thing.b.name]", "}"],
        ),
        (
            {"lifecycle": {"precondition": [{"condition": "${var.a}", "error_message": "No ${var.a}."}]}},
            ["lifecycle {", "precondition {", "condition = var.a", 'error_message = "No ${var.a}."', "}", "}"],
        ),
        (
            {
                "connection": {"host": "h"},
                "provisioner": [{"local-exec": {"command": "echo ${self.name}", "when": "destroy"}}],
            },
            [
                *("connection {", 'host = "h"', "}"),
                *('provisioner "local-exec" {', 'command = "echo ${self.name}"', "when = destroy", "}"),
            ],
        ),
        (
            {"dynamic": {"setting": {"for_each": "${local.a}", "iterator": "it", "content": {"key": "${it.value}"}}}},
            ['dynamic "setting" {', "for_each = local.a", "iterator = it", "content {", "key = it.value", "}", "}"],
        ),
    ],
)
def test_what_terraform_knows_in_every_resource(content: dict[str, Any], expected: list[str]) -> None:
    assert body(content) == expected


def test_arguments_come_before_blocks_and_what_terraform_knows_around_them() -> None:
    content = {"setting": {}, "depends_on": ["a.b"], "name": "x", "lifecycle": {}, "count": 1}
    assert body(content) == ["count = 1", 'name = "x"', "setting {", "}", "lifecycle {", "}", "depends_on = [a.b]"]


def test_data_sources_and_ephemeral_resources() -> None:
    assert body({"name": "x"}, "data") == ['name = "x"']
    assert body({"name": "x"}, "ephemeral", "acme_secret") == ['name = "x"']
    assert body({"backend": "s3"}, "data", "terraform_remote_state") == ['backend = "s3"']


@pytest.mark.parametrize(
    ("document", "file", "expected"),
    [
        (
            {"terraform": {"required_version": ">= 1.11", "backend": {"s3": {"key": "${a}", "use_lockfile": True}}}},
            "terraform.tf",
            [
                "terraform {",
                'required_version = ">= 1.11"',
                'backend "s3" {',
                'key = "$${a}"',
                "use_lockfile = true",
                "}",
                "}",
            ],
        ),
        (
            {"terraform": {"required_providers": {"acme": {"source": "a/b", "configuration_aliases": ["acme.x"]}}}},
            "terraform.tf",
            [
                *("terraform {", "required_providers {", "acme = {", 'source = "a/b"'),
                *("configuration_aliases = [acme.x]", "}", "}", "}"),
            ],
        ),
        (
            {"terraform": {"backend": {"remote": {"workspaces": {"prefix": "a-"}}}}},
            "terraform.tf",
            ["terraform {", 'backend "remote" {', "workspaces {", 'prefix = "a-"', "}", "}", "}"],
        ),
        (
            {"provider": {"acme": [{"region": "a", "tags": {}}, {"alias": "b", "region": "${var.b}"}]}},
            "providers.tf",
            [
                *('provider "acme" {', 'region = "a"', "tags {", "}", "}"),
                *('provider "acme" {', 'alias = "b"', "region = var.b", "}"),
            ],
        ),
        ({"locals": [{"a": 1}, {"b": "${local.a}"}]}, "locals.tf", ["locals {", "a = 1", "b = local.a", "}"]),
        (
            {"variable": {"a": {"type": "list(string)", "default": ["${b}"], "description": "${c}"}}},
            "variables.tf",
            ['variable "a" {', "type = list(string)", 'default = ["$${b}"]', 'description = "$${c}"', "}"],
        ),
        (
            {"variable": {"a": {"validation": {"condition": "${var.a > 1}", "error_message": "e"}}}},
            "variables.tf",
            ['variable "a" {', "validation {", "condition = var.a > 1", 'error_message = "e"', "}", "}"],
        ),
        (
            {"output": {"a": {"value": "${b.c.d}", "sensitive": True, "depends_on": ["b.c"]}}},
            "outputs.tf",
            ['output "a" {', "value = b.c.d", "sensitive = true", "depends_on = [b.c]", "}"],
        ),
        (
            {"module": {"a": {"source": "./x", "providers": {"acme": "acme.b"}, "size": "${var.s}"}}},
            "main.tf",
            ['module "a" {', 'source = "./x"', "providers = {", "acme = acme.b", "}", "size = var.s", "}"],
        ),
        (
            {
                "check": {
                    "a": {"assert": {"condition": "${true}", "error_message": "e"}, "data": {"acme_thing": {"b": {}}}}
                }
            },
            "main.tf",
            [
                *('check "a" {', "assert {", "condition = true", 'error_message = "e"', "}"),
                *('data "acme_thing" "b" {', "}", "}"),
            ],
        ),
        (
            {"moved": [{"from": "a.b", "to": "a.c"}, {"from": "a.d", "to": 'a.e["x"]'}]},
            "main.tf",
            ["moved {", "from = a.b", "to = a.c", "}", "moved {", "from = a.d", 'to = a.e["x"]', "}"],
        ),
        (
            {"import": [{"to": "a.b", "id": "i-${var.a}", "provider": "acme.x"}]},
            "main.tf",
            ["import {", "to = a.b", 'id = "i-${var.a}"', "provider = acme.x", "}"],
        ),
        (
            {"removed": {"from": "a.b", "lifecycle": {"destroy": False}}},
            "main.tf",
            ["removed {", "from = a.b", "lifecycle {", "destroy = false", "}", "}"],
        ),
    ],
)
def test_every_other_block(document: dict[str, Any], file: str, expected: list[str]) -> None:
    assert lines(document, file) == expected
    assert files(document, PROVIDERS, "dev-x").keys() == {file}


def test_an_array_at_any_level_is_read() -> None:
    one = {"resource": {"acme_thing": {"a": {"name": "x"}, "b": {"name": "y"}}}}
    other = {"resource": [{"acme_thing": [{"a": [{"name": "x"}]}]}, {"acme_thing": {"b": {"name": "y"}}}]}
    assert lines(one) == lines(other)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (
            {"resource": {"acme_other": {"a": {}}}},
            "acme_other.a: registry.terraform.io/acme/acme does not have the resource",
        ),
        (
            {"resource": {"acme_thing": {"a": {"sise": 1}}}},
            "acme_thing.a: the provider's schema does not have the argument",
        ),
        ({"resource": {"acme_thing": {"a": {"setting": {"kay": 1}}}}}, "acme_thing.a.setting: the provider's schema"),
        ({"resource": {"acme_thing": {"a": {"setting": "x"}}}}, "acme_thing.a.setting must be an object or an array"),
        ({"resource": {"acme_thing": {"a": {"name": "${b"}}}}, "acme_thing.a.name: a sequence is not closed"),
        ({"resource": {"acme_thing": {"a": "x"}}}, "must be an object or an array of objects, not 'x'"),
        ({"resource": {"acme_thing": {"a b": {}}}}, "'a b' is not a valid name"),
        ({"resource": {"acme_thing": {"a": {"dynamic": {"sating": {}}}}}}, "does not have a block 'sating'"),
        (
            {"resource": {"acme_thing": {"a": {"lifecycle": {"keep": True}}}}},
            "'keep' is not a valid argument here; it must",
        ),
        (
            {"resource": {"other_thing": {"a": {}}}},
            "the schema of the provider registry.terraform.io/hashicorp/other is",
        ),
        ({"resources": {}}, "'resources' is not a valid block; it must be one of"),
        ({"terraform": {"required_versions": "1"}}, "'required_versions' is not a setting of Terraform"),
        ({"check": {"a": {"resource": {}}}}, "'resource' is not a valid block here; it must be data or assert"),
        ({"output": {"a": {"values": 1}}}, "'values' is not a valid argument here; it must be one of"),
    ],
)
def test_what_is_not_valid_is_refused_with_its_place(document: dict[str, Any], message: str) -> None:
    with pytest.raises(OutputError, match=re.escape(message)):
        files(document, PROVIDERS, "dev-x")
