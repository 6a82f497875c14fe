"""A small provider: its schema as `terraform providers schema -json` prints it, in as little as the tests need."""

from __future__ import annotations

from typing import Any, Final

from hcl.providers import Providers
from hcl.schema import Schemas, compact

REGISTRY: Final = "registry.terraform.io"


def attributes(**types: Any) -> dict[str, Any]:
    return {name: {"type": type_, "optional": True} for name, type_ in types.items()}


def nested(mode: str, **block: Any) -> dict[str, Any]:
    return {"nesting_mode": mode, "block": block}


RULE: Final = ["object", {"port": "number", "note": "string"}]
THING: Final = {
    "attributes": attributes(name="string", size="number", tags=["map", "string"], parts=["list", "string"])
    | attributes(rules=["set", RULE], shape=["object", {"x": "number"}]),
    "block_types": {
        "setting": nested("list", attributes=attributes(key="string"), block_types={"deep": nested("set")}),
        "timeouts": nested("single", attributes=attributes(create="string")),
        "stage": nested("map", attributes=attributes(size="number")),
    },
}
PRINTED: Final = {
    "provider_schemas": {
        f"{REGISTRY}/acme/acme": {
            "provider": {"block": {"attributes": attributes(region="string"), "block_types": {"tags": nested("list")}}},
            "resource_schemas": {"acme_thing": {"block": THING}},
            "data_source_schemas": {"acme_thing": {"block": THING}},
            "ephemeral_resource_schemas": {"acme_secret": {"block": {"attributes": attributes(name="string")}}},
        },
        "terraform.io/builtin/terraform": {
            "resource_schemas": {"terraform_data": {"block": {"attributes": attributes(input="dynamic")}}},
            "data_source_schemas": {
                "terraform_remote_state": {
                    "block": {"attributes": attributes(backend="string", config="dynamic", workspace="string")}
                }
            },
        },
    }
}
SCHEMAS: Final = Schemas(compact(PRINTED), REGISTRY)
PROVIDERS: Final = Providers(SCHEMAS, {"acme": "acme/acme"})
