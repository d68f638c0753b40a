"""The contract of the store: one suite, passed by every end.

To add an end, write a test module with a subclass of ``StoreContract`` named ``Test…`` that has a fixture
``store``: an empty store whose clock is the fixture ``clock`` and whose audit key is ``AUDIT_KEY``.
"""

import pytest

from tests.adapters.store_kinds import StillClock
from tests.adapters.store_rules.batches import Batches
from tests.adapters.store_rules.companions import Companions
from tests.adapters.store_rules.conditions import Conditions
from tests.adapters.store_rules.documents import Documents
from tests.adapters.store_rules.expiry import Expiry
from tests.adapters.store_rules.pages import Pages
from tests.adapters.store_rules.takes import Takes
from tests.adapters.store_rules.versions import Versions


class StoreContract(Versions, Documents, Batches, Takes, Conditions, Pages, Expiry, Companions):
    """What every end of the store does. A subclass brings the fixture ``store``."""

    @pytest.fixture
    def clock(self) -> StillClock:
        return StillClock()
