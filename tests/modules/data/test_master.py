"""One secret has the master's password, and it is stored before the database gets it."""

from __future__ import annotations

from modules.data.master import OwnMaster
from tests.modules.data.databases import Layers, postgres_templates
from tests.template import Template, statements

STORED = "ephemeral.aws_secretsmanager_secret_version.master.secret_string"


def own(version: int = 1) -> tuple[Template, str]:
    """The data stack with a secret of its own, and what the database gets."""
    layers = Layers.new()
    context = layers.context(protect=True)
    master = OwnMaster(
        layers.data, "master", context=context, database="postgres", username="user_management", version=version
    )
    _, role = layers.consumer()
    master.grant_read(role)
    password = master.password
    return layers.templates()[0], password


def test_the_password_is_generated_stored_and_read_back_for_the_database() -> None:
    data, password = own(version=3)
    stored = data.only("aws_secretsmanager_secret_version")
    assert stored["secret_string_wo"] == (
        '${jsonencode({"username" = "user_management", "password" = '
        "ephemeral.aws_secretsmanager_random_password.master_generated.random_password})}"
    )
    assert stored["secret_string_wo_version"] == 3
    assert password == f"${{jsondecode({STORED}).password}}"


def test_a_plan_does_not_read_the_secret() -> None:
    read_back = own()[0].document["ephemeral"]["aws_secretsmanager_secret_version"]["master"]
    assert read_back["version_stage"] == '${timestamp() == "" ? "" : "AWSCURRENT"}'  # unknown until the apply
    assert read_back["secret_id"].startswith("${aws_secretsmanager_secret_version.")  # after the value is stored


def test_its_name_is_free_as_soon_as_it_is_deleted() -> None:
    secret = own()[0].only("aws_secretsmanager_secret")
    assert (secret["name"], secret["recovery_window_in_days"]) == ("user-management/test/postgres/master", 0)
    assert secret["kms_key_id"] == "${aws_kms_key.secrets-key.arn}"


def test_what_rds_keeps_is_found_after_each_change_of_the_instance() -> None:
    data, _ = postgres_templates()
    (found,) = data.document["data"]["aws_db_instance"].values()
    assert found["depends_on"] == ["aws_db_instance.postgres"]
    assert data.all("aws_secretsmanager_secret_version") == {}
    secret = data.named("aws_lambda_function.postgres_roles_function")["environment"]["variables"]["MASTER_SECRET"]
    assert secret.startswith("${data.aws_db_instance.postgres_managed-master_")
    assert secret.endswith(".master_user_secret[0].secret_arn}")


def test_grant_read_also_allows_decrypt_of_that_secret() -> None:
    for replicas in (0, 1):
        data, _ = postgres_templates(replicas=replicas)
        allowed = statements(data.named("aws_iam_role_policy.postgres_roles_function_role_permissions")["policy"])
        (read,) = [one for one in allowed if one.get("Sid") == "ReadMaster"]
        assert read["Action"] == "secretsmanager:GetSecretValue"
        decrypt = [
            one
            for one in allowed
            if one["Action"] == "kms:Decrypt"
            and one["Condition"]["StringEquals"].get("kms:EncryptionContext:SecretARN") == read["Resource"]
        ]
        assert len(decrypt) == 1
