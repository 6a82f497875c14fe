"""Where Terraform keeps a secret in the state: arguments that the provider's schema marks as sensitive, and types.

From `terraform providers schema -json` of hashicorp/aws 5.100.0, without those that are sensitive for another reason.
"""

from __future__ import annotations

from typing import Final

ARGUMENTS: Final = frozenset(
    {
        "access_key",
        "access_token",
        "account_password",
        "ad_domain_join_password",
        "admin_user_password",
        "api_key",
        "api_secret_key",
        "auth_password",
        "auth_token",
        "authorization_api_key_value",
        "basic_auth_credentials",
        "certificate_private_key",
        "client_secret",
        "credentials_map",
        "cross_realm_trust_principal_password",
        "customer_key",
        "db_password",
        "domain_signing_private_key",
        "fsx_admin_password",
        "host_key",
        "hsm_partition_password",
        "kdc_admin_password",
        "key_material_base64",
        "key_passphrase",
        "master_password",
        "master_user_password",
        "oauth_token",
        "password",
        "passwords",
        "plaintext",
        "platform_credential",
        "private_key",
        "sasl_password",
        "secret_access_key",
        "secret_binary",
        "secret_key",
        "secret_string",
        "secret_token",
        "service_account_password",
        "service_json",
        "shared_secret",
        "smb_guest_password",
        "source_customer_key",
        "ssh_key",
        "ssl_client_key_password",
        "svm_admin_password",
        "temporary_password",
        "token_key",
        "tunnel1_preshared_key",
        "tunnel2_preshared_key",
    }
)
"""Arguments that are a secret in every type that has them."""
OF_TYPES: Final = {
    "aws_api_gateway_api_key": frozenset({"value"}),
    "aws_codebuild_source_credential": frozenset({"token"}),
    "aws_ssm_parameter": frozenset({"value", "insecure_value"}),
}
"""Arguments with a common name that are a secret in one type."""
MAKERS: Final = {
    "aws_iam_access_key": "its secret key is stored in the state; use a role",
    "aws_iam_user_login_profile": "its password is stored in the state; use a role",
    "aws_lightsail_key_pair": "its private key is stored in the state",
    "random_password": "its result is stored in the state; use an ephemeral random_password",
    "tls_private_key": "its key is stored in the state; use an ephemeral tls_private_key",
}
"""Types whose result is a secret, and is in the state."""
READERS: Final = {
    "aws_kms_secrets": "what it decrypts is stored in the state; read it where it is used",
    "aws_secretsmanager_random_password": "its result is stored in the state; use the ephemeral resource",
    "aws_secretsmanager_secret_version": "what it reads is stored in the state; use the ephemeral resource",
}
"""Data sources that bring a secret into the state."""
