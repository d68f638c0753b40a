"""The lists and templates of a small, agreeing tree: broken in one place at a time, the fault is named."""

import shutil
from pathlib import Path

import pytest

from tools.infra import agreement
from tools.infra.check import CHECKS
from tools.infra.tree import Tree, read_tree

LISTS = Path(__file__).parent / "lists"


def found_in(root: Path) -> list[tuple[str, str]]:
    tree = read_tree(root / "infra")
    return [
        (finding.rule, finding.message) for check in CHECKS["agreement"] for finding in check(tree)
    ]


def test_lists_that_agree_are_left_alone() -> None:
    assert found_in(LISTS) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (
            "agents.json",
            '"hub": "shipment-events"',
            '"hub": "sms-events"',
            ("unknown-hub", "eta listens to sms-events"),
        ),
        (
            "agents.json",
            '["order-events"]',
            '["sms-events"]',
            ("unknown-hub", "eta publishes to sms-events"),
        ),
        (
            "agents.json",
            '"group": "cart-group"',
            '"group": "views"',
            ("hub-limit", "two readers of order-events share a group, and would split its events"),
        ),
        ("agents.json", "cart-group", "g" * 51, ("hub-limit", f"{'g' * 51} is longer than 50")),
        ("agents.json", "cold-cart", "cold-eta", ("agent-row", "cold cold-eta is used twice")),
        (
            "agents.json",
            "cold-cart",
            "c" * 64,
            ("agent-row", f"{'c' * 64} cannot be a blob container's name"),
        ),
        (
            "agents.json",
            '["fast"]',
            '["fast", "deep"]',
            ("agent-row", "no deployment for deep, which agents.json asks for"),
        ),
        (
            "names.json",
            '"COSMOS_DATABASE", ',
            "",
            ("setting", "COSMOS_DATABASE is not in names.json"),
        ),
        (
            "modules/region.bicep",
            "COSMOS_DATABASE: 'shop'",
            "",
            ("setting", "COSMOS_DATABASE is set nowhere"),
        ),
        (
            "regions.json",
            ', "northeurope": "neu"',
            "",
            ("region", "northeurope is in one of main.bicep and regions.json only"),
        ),
        ("regions.json", "neu", "weu", ("region", "two regions share a code")),
        (
            "modules/api/apis.json",
            '"api.xml"',
            '"new.xml"',
            ("gateway", "policy new.xml is missing"),
        ),
        (
            "modules/api/products.json",
            '["token"]',
            '["token", "limit"]',
            ("gateway", "fragment limit is missing"),
        ),
        (
            "modules/api/products.json",
            '["shop-origin"]',
            "[]",
            ("gateway", "named value shop-origin is used by nobody"),
        ),
        (
            "modules/api/products.json",
            "shop-pool",
            "other-pool",
            ("gateway", "backend other-pool is not there"),
        ),
        (
            "queries/alerts.json",
            "error-rate",
            "outbox-age",
            ("alert", "error-rate is in one of alerts.json and alerts.bicep only"),
        ),
        (
            "queries/alerts.json",
            "DocumentDB",
            "Cache",
            ("alert", "units: no scope for Microsoft.Cache/databaseAccounts"),
        ),
        (
            "main.prod.bicepparam",
            ", 'northeurope'",
            ", ''",
            ("recovery", "production needs a second region"),
        ),
        (
            "modules/cosmos.bicep",
            "300",
            "600",
            ("recovery", "more than five minutes could be lost"),
        ),
        (
            "hooks/after-provision.sh",
            "stripe",
            "square",
            ("wiring", "does not name the secret stripe-secret-key"),
        ),
        (
            "modules/stamp.bicep",
            "secrets/shop-secret-key",
            "secrets/shop-secret",
            ("secret", "shop-secret is not in names.json"),
        ),
        (
            "modules/stamp.bicep",
            "'shop-signing-key'",
            "'shop-signing'",
            ("secret", "shop-signing is not in names.json"),
        ),
        (
            "../azure.yaml",
            "after",
            "later",
            ("wiring", "infra/hooks/later-provision.sh is not there"),
        ),
    ],
)
def test_a_disagreement_is_named(
    tmp_path: Path, file: str, old: str, new: str, expected: tuple[str, str]
) -> None:
    root = shutil.copytree(LISTS, tmp_path / "repository")
    path = root / "infra" / file
    assert old in path.read_text()

    path.write_text(path.read_text().replace(old, new))

    assert expected in found_in(root)


def test_a_hub_with_twenty_groups_is_refused(tmp_path: Path) -> None:
    root = shutil.copytree(LISTS, tmp_path / "repository")
    path = root / "infra" / "names.json"
    groups = ", ".join(f'"g{i}"' for i in range(19))

    path.write_text(path.read_text().replace('"payment", "views"', groups))

    assert found_in(root) == [("hub-limit", "order-events has 20 groups; 19 fit")]


def test_an_eleventh_hub_is_refused(tmp_path: Path) -> None:
    root = shutil.copytree(LISTS, tmp_path / "repository")
    path = root / "infra" / "names.json"
    more = ", ".join(f'{{"name": "h{i}", "groups": []}}' for i in range(9))

    path.write_text(path.read_text().replace('"dialect_hubs": [', f'"dialect_hubs": [{more}, '))

    assert found_in(root) == [("hub-limit", "11 hubs; a namespace holds 10")]


def test_lists_that_are_not_there_are_left_to_the_rule_on_missing_files(tmp_path: Path) -> None:
    assert list(agreement.gateway(Tree(tmp_path, {}))) == []
    assert list(agreement.alerts(Tree(tmp_path, {}))) == []
