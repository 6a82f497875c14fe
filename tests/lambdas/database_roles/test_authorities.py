"""The certificates of RDS's authorities, one file for each region."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from config.aws import REGIONS
from lambdas.database_roles.tls import bundle, trusting

FOLDER = Path(__file__).parents[3] / "lambdas/database_roles/authorities"
KINDS = {"RSA2048", "RSA4096", "ECC384"}


def certificates(path: Path) -> list[x509.Certificate]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some have a serial number that a later version of the library refuses
        return x509.load_pem_x509_certificates(path.read_bytes())


def test_every_region_has_its_file_and_there_is_no_other() -> None:
    assert {path.name for path in FOLDER.glob("*.pem")} == {f"{region}.pem" for region in REGIONS}


@pytest.mark.parametrize("region", REGIONS)
def test_a_file_has_the_three_roots_of_its_region(region: str) -> None:
    path = FOLDER / f"{region}.pem"
    found = certificates(path)
    names = {str(each.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value) for each in found}
    assert names == {f"Amazon RDS {region} Root CA {kind} G1" for kind in KINDS}
    for each in found:
        each.verify_directly_issued_by(each)
        assert each.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        assert each.not_valid_after_utc > datetime.now(tz=UTC) + timedelta(days=20 * 365)


def test_a_client_trusts_them_and_those_of_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "system.pem").write_bytes((FOLDER / "us-east-1.pem").read_bytes())
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "system.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))
    context = trusting(FOLDER / "eu-central-1.pem")
    shown: list[Any] = context.get_ca_certs()
    names = {dict(pair[0] for pair in each["subject"])["commonName"] for each in shown}
    assert names == {
        f"Amazon RDS {region} Root CA {kind} G1" for region in ("eu-central-1", "us-east-1") for kind in KINDS
    }
    assert context.check_hostname

    file = bundle(FOLDER / "eu-central-1.pem")
    assert len(certificates(file)) == 2 * len(KINDS)
    file.unlink()
