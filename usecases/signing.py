"""What the shop signs with: guest sessions and cursors, which may outlive the key that they were signed by."""

from domain.keys import Keys
from usecases.ports.secrets import SecretMissing
from usecases.settings import LEAST_KEY_BYTES
from usecases.shop import Shop


async def signing_keys(shop: Shop) -> Keys:
    """The keys in force; the shop's own secret where no other is named. Raises ``SecretsAway``.

    Only these rotate: ids of orders, claims of addresses and the audit's hashes are made of the shop's secret
    and must come out the same for ever. While the named secret has one version the shop's secret is accepted
    besides, so that nobody loses a cart when a shop begins to use one.
    """
    name = shop.settings.signing_secret
    if not name:
        return Keys(shop.secret)
    keys = await shop.secrets.keys(name)
    if min(map(len, keys)) < LEAST_KEY_BYTES:
        raise SecretMissing(f"{name} has less than {LEAST_KEY_BYTES} bytes")
    return keys if keys.other else Keys(keys.current, shop.secret)
