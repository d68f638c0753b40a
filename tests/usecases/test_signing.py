"""What the shop signs with."""

from dataclasses import replace

import pytest

from adapters.embedded.secrets import EnvironmentSecrets
from domain.keys import Keys
from tests.usecases.shop_fixtures import open_bench
from usecases.ports.secrets import SecretMissing
from usecases.shop import Shop
from usecases.signing import signing_keys

ROOT = b"k" * 32


def shop_with(**environment: str) -> Shop:
    """A shop that signs with a secret of its own."""
    shop = open_bench(signing_secret="shop-signing-key").shop
    return replace(shop, secrets=EnvironmentSecrets(environment))


async def test_it_is_the_shops_secret_where_no_other_is_named() -> None:
    assert await signing_keys(open_bench().shop) == Keys(ROOT)


async def test_beside_the_first_version_the_shops_secret_is_accepted() -> None:
    first, both = "1" * 32, {"SHOP_SIGNING_KEY": "2" * 32, "SHOP_SIGNING_KEY_PREVIOUS": "1" * 32}

    assert await signing_keys(shop_with(SHOP_SIGNING_KEY=first)) == Keys(b"1" * 32, ROOT)
    assert await signing_keys(shop_with(**both)) == Keys(b"2" * 32, b"1" * 32)


async def test_a_short_key_and_a_missing_one_sign_nothing() -> None:
    with pytest.raises(SecretMissing, match="shop-signing-key has less than 32 bytes"):
        await signing_keys(shop_with(SHOP_SIGNING_KEY="1" * 31))
    with pytest.raises(SecretMissing, match="there is no vault to keep 'shop-signing-key'"):
        await signing_keys(open_bench(signing_secret="shop-signing-key").shop)
