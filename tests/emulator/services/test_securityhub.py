from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.emulator.conftest import Client


def test_security_hub_keeps_settings_and_standards(client: Client) -> None:
    hub = client("securityhub")
    hub.enable_security_hub()
    hub.update_security_hub_configuration(AutoEnableControls=False)
    standard = "arn:aws:securityhub:us-east-1::standards/pci-dss/v/3.2.1"
    enabled = hub.batch_enable_standards(StandardsSubscriptionRequests=[{"StandardsArn": standard}])

    arn = enabled["StandardsSubscriptions"][0]["StandardsSubscriptionArn"]
    assert arn == "arn:aws:securityhub:us-east-1:123456789012:subscription/pci-dss/v/3.2.1"
    assert hub.describe_hub()["AutoEnableControls"] is False
    assert len(hub.get_enabled_standards(StandardsSubscriptionArns=[arn])["StandardsSubscriptions"]) == 1
    gone = hub.batch_disable_standards(StandardsSubscriptionArns=[arn])["StandardsSubscriptions"]
    assert gone[0]["StandardsStatus"] == "DELETING"
    assert hub.get_enabled_standards()["StandardsSubscriptions"] == []
