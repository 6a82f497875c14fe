"""Each login has one stored place, which only the function writes."""

from __future__ import annotations

from dataclasses import replace

from modules.data.role_stores import RoleStores
from tests.modules.data.databases import OWNER, PROXIED, REPORTS, Layers
from tests.template import Template, statements

DECLARED = (OWNER, replace(PROXIED, name="web_api"), REPORTS)


def stores(*, proxied: bool = True) -> tuple[Template, Template]:
    """The data stack with the places, and the service stack with a role that may write them."""
    layers = Layers.new()
    roles = DECLARED if proxied else (OWNER, REPORTS)
    made = RoleStores(layers.data, "stores", context=layers.context(protect=True), database="postgres", roles=roles)
    _, role = layers.consumer()
    made.grant_read_write(role)
    return layers.templates()


def test_parameters_are_unset_and_secrets_empty_until_the_function_writes_them() -> None:
    data, _ = stores()
    parameters = data.all("aws_ssm_parameter").values()
    assert {(one["value_wo"], one["value_wo_version"], one["type"]) for one in parameters} == {
        ("unset", 1, "SecureString")
    }
    assert data.all("aws_secretsmanager_secret_version") == {}


def test_a_login_behind_the_proxy_has_a_secret_another_one_a_parameter_and_a_token_nothing() -> None:
    data, _ = stores()
    path = "user-management/test/postgres"
    assert sorted(one["name"] for one in data.all("aws_secretsmanager_secret").values()) == [
        f"{path}/web_api/a",
        f"{path}/web_api/b",
    ]
    assert sorted(one["name"] for one in data.all("aws_ssm_parameter").values()) == [
        f"/{path}/owner/a",
        f"/{path}/owner/b",
        f"/{path}/owner/url",
        f"/{path}/reports/url",
        f"/{path}/web_api/url",
    ]


def test_a_secret_can_be_made_again_at_once() -> None:
    secrets = stores()[0].all("aws_secretsmanager_secret").values()
    assert {one["recovery_window_in_days"] for one in secrets} == {0}
    assert {one["kms_key_id"] for one in secrets} == {"${aws_kms_key.secrets-key.arn}"}


def test_the_function_may_write_them_and_nothing_beside_them() -> None:
    allowed = {one["Sid"]: one for one in statements(stores()[1].only("aws_iam_role_policy")["policy"]) if "Sid" in one}
    path = "user-management/test/postgres"
    parameters = [f"arn:aws:ssm:us-east-1:444444444444:parameter/{path}/*/{end}" for end in ("a", "b", "url")]
    assert allowed["WriteParameters"]["Resource"] == parameters
    assert allowed["WriteParameters"]["Action"] == ["ssm:GetParameter", "ssm:PutParameter"]
    assert allowed["EncryptParameters"]["Condition"]["StringLike"] == {
        "kms:EncryptionContext:PARAMETER_ARN": parameters
    }
    secrets = [f"arn:aws:secretsmanager:us-east-1:444444444444:secret:{path}/*/{end}-??????" for end in ("a", "b")]
    assert allowed["WriteSecrets"]["Resource"] == secrets


def test_without_a_proxy_it_may_use_no_secret() -> None:
    policy = stores(proxied=False)[1].only("aws_iam_role_policy")["policy"]
    assert "secretsmanager" not in policy
