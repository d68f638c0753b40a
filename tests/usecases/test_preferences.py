"""Preferences: replaced whole, told once, and nobody else's."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from pydantic import ValidationError

from domain.access import Caller, Role
from domain.errors import PreconditionFailed
from domain.preferences import Preferences
from domain.user import AccountDisabled, User, UserNotFound
from tests.usecases.meddling import meddled
from tests.usecases.shop_fixtures import GUEST, Bench, open_bench
from usecases.preferences import (
    CurrencyNotSold,
    SavePreferences,
    preferences_of,
    save_preferences,
)
from usecases.shop import Shop
from usecases.users import UpdateProfile, erase, update

CUSTOMER = Caller(user_id="u-1", role=Role.CUSTOMER, trace=GUEST.trace)


async def account(**settings: Any) -> Bench:
    """A shop with one customer."""
    bench = open_bench(**settings)
    now = bench.clock.now()
    times = dict.fromkeys(("created_at", "updated_at", "last_login"), now)
    user = {"id": "u-1", "user_id": "u-1", "issuer": "i", "subject": "s"} | times
    await bench.put(User.model_validate(user))
    return bench


def wanting(**fields: Any) -> SavePreferences:
    return SavePreferences.model_validate(fields)


def kept(bench: Bench) -> Preferences | None:
    (user,) = bench.documents(User)
    chosen: Preferences | None = user.preferences
    return chosen


async def test_who_never_chose_sees_the_defaults_in_the_shops_currency() -> None:
    bench = await account(currency="EUR")
    (user,) = bench.documents(User)

    assert preferences_of(bench.shop, user) == Preferences(currency="EUR")


async def test_what_is_left_out_is_as_for_somebody_who_never_chose() -> None:
    bench = await account()
    first = wanting(newsletter_opt_in=True, notifications={"sms_shipping": True}, language="de")
    await save_preferences(bench.shop, CUSTOMER, first)

    await save_preferences(bench.shop, CUSTOMER, wanting(language="zh-Hant-TW"))

    assert kept(bench) == Preferences(language="zh-Hant-TW")


async def test_a_change_is_told_without_what_it_says() -> None:
    bench = await account()
    bench.clock.move(60)

    user = await save_preferences(bench.shop, CUSTOMER, wanting(newsletter_opt_in=True))

    assert (user.told, user.updated_at) == (1, bench.clock.now())
    (event,) = bench.hubs.events
    assert (event.event_type, event.data) == (
        "UserUpdated",
        {"user_id": "u-1", "role": "customer", "status": "active", "changed": ["preferences"]},
    )


async def test_the_same_once_more_changes_nothing() -> None:
    bench = await account()
    await save_preferences(bench.shop, CUSTOMER, wanting())
    before = bench.state()

    again = await save_preferences(bench.shop, CUSTOMER, wanting())

    assert (again.told, bench.state()) == (1, before)


async def test_only_the_shops_currency_can_be_chosen() -> None:
    bench = await account(currency="EUR")
    await save_preferences(bench.shop, CUSTOMER, wanting(currency="EUR"))
    before = bench.state()

    with pytest.raises(CurrencyNotSold) as refusal:
        await save_preferences(bench.shop, CUSTOMER, wanting(currency="USD"))

    assert refusal.value.facts == {"currency": "USD", "sold": "EUR"}
    assert bench.state() == before


@pytest.mark.parametrize("language", ["en", "de-AT", "es-419", "zh-Hans", "sr-Latn-RS", "fil"])
def test_a_language_is_a_tag_in_its_usual_letter_case(language: str) -> None:
    assert wanting(language=language).language == language


@pytest.mark.parametrize(
    "fields",
    [
        {"language": "english"},
        {"language": "EN"},
        {"language": "en-us"},
        {"language": "en_US"},
        {"language": ""},
        {"language": "en\n"},
        {"currency": "usd"},
        {"notifications": {"push": True}},
        {"theme": "dark"},
        {"newsletter_opt_in": "perhaps"},
    ],
)
def test_what_is_no_preference_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        wanting(**fields)


async def test_only_the_version_that_was_read_is_replaced() -> None:
    bench = await account()
    await save_preferences(bench.shop, CUSTOMER, wanting(language="de"), frozenset({0}))
    before = bench.state()

    with pytest.raises(PreconditionFailed):
        await save_preferences(bench.shop, CUSTOMER, wanting(language="fr"), frozenset({0}))

    assert bench.state() == before
    repeated = await save_preferences(bench.shop, CUSTOMER, wanting(language="de"), frozenset({0}))
    assert (repeated.told, bench.state()) == (1, before)


async def test_two_sessions_at_once_lose_neither_name_nor_preferences() -> None:
    bench = await account()
    naming = UpdateProfile(name="Another Name")
    shop = meddled(bench, {1: lambda: update(bench.shop, CUSTOMER, naming)})

    await save_preferences(shop, CUSTOMER, wanting(language="de"))

    (user,) = bench.documents(User)
    assert (user.name, user.preferences, user.told) == (
        "Another Name",
        Preferences(language="de"),
        2,
    )
    assert [event.sequence for event in bench.hubs.events] == [1, 2]


async def test_two_sessions_that_read_the_same_replace_it_once() -> None:
    bench = await account()

    async def other() -> None:
        await save_preferences(bench.shop, CUSTOMER, wanting(language="de"), frozenset({0}))

    shop = meddled(bench, {1: other})

    with pytest.raises(PreconditionFailed):
        await save_preferences(shop, CUSTOMER, wanting(language="fr"), frozenset({0}))

    assert kept(bench) == Preferences(language="de")


@pytest.mark.parametrize(
    "writes",
    [
        lambda shop: save_preferences(shop, CUSTOMER, wanting(language="de")),
        lambda shop: update(shop, CUSTOMER, UpdateProfile(name="Another Name")),
    ],
)
async def test_who_leaves_at_the_same_time_is_not_written_down_again(
    writes: Callable[[Shop], Awaitable[User]],
) -> None:
    """The request came in before the account was deleted."""
    bench = await account()
    shop = meddled(bench, {1: lambda: erase(bench.shop, CUSTOMER)})

    with pytest.raises(AccountDisabled):
        await writes(shop)

    (user,) = bench.documents(User)
    assert (user.status, user.name, user.preferences) == ("deleted", "", None)


async def test_nobody_has_no_preferences() -> None:
    bench = open_bench()

    with pytest.raises(UserNotFound):
        await save_preferences(bench.shop, CUSTOMER, wanting())

    assert bench.hubs.events == []
