"""One identity for each end, opened late and let go of."""

from azure.identity.aio import ManagedIdentityCredential

from adapters.managed_identity import ManagedIdentity
from tests.adapters.https import Credential


async def test_all_who_ask_share_one_until_it_is_closed() -> None:
    identity = ManagedIdentity("id-1")
    await identity.close()

    first = identity.credential()
    assert isinstance(first, ManagedIdentityCredential)
    assert identity.credential() is first
    await identity.close()
    second = identity.credential()
    assert second is not first
    await identity.close()


async def test_one_that_is_given_takes_its_place_and_stays_open() -> None:
    given = Credential()
    identity = ManagedIdentity(given=given)

    await identity.close()

    assert identity.credential() is given
