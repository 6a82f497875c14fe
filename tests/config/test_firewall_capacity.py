"""What the firewall's rules cost; tests/modules/edge/test_web_acl_rules.py compares it with the rules themselves."""

from ipaddress import ip_network

from config.firewall_capacity import INCLUDED_CAPACITY, PATH_CAPACITY, required_capacity
from config.managed_rule_groups import GROUPS


def test_all_groups_and_a_few_paths_are_in_the_price_of_a_request() -> None:
    needed = required_capacity(groups=GROUPS, address_lists=(), sign_in_paths=["/api/auth/"] * 5, upload_paths=["/f/"])
    assert needed == 1175 + 2 + 2 + 5 * 22 + 1 + 22
    assert needed < INCLUDED_CAPACITY


def test_a_list_of_addresses_costs_the_same_however_long_it_is() -> None:
    v4 = [ip_network(f"203.0.113.{number}/32") for number in range(9)]
    v6 = [ip_network("2001:db8::/32")]
    lists = [(), v4, [*v4, *v6]]
    costs = [required_capacity(groups=(), address_lists=[one], sign_in_paths=(), upload_paths=None) for one in lists]
    assert costs == [2, 3, 4]


def test_each_path_costs_its_comparison_and_two_transformations() -> None:
    assert PATH_CAPACITY == 22
    none = required_capacity(groups=(), address_lists=(), sign_in_paths=(), upload_paths=())
    assert none == 3
