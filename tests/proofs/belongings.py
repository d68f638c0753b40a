"""Address books and saved cards: written at once, forgotten while somebody writes, cut off anywhere."""

from collections import Counter
from collections.abc import Callable, Coroutine
from itertools import count
from typing import Any, Final

from adapters.embedded.card_wallets import CUSTOMERS, METHODS
from domain.access import Caller, Role
from domain.address_book import MOST_ADDRESSES, AddressBook, BookFull, SavedAddress
from domain.errors import NotFound
from domain.user import User
from tests.adapters.embedded.fixtures import NOON, finish
from tests.proofs.explorer import Client, Outcomes, Scenario
from tests.proofs.steps import cut_off
from tests.proofs.world import CLERK, HOME, CountedIds, World, clockwork, guest
from usecases.address_book import SaveAddress, add_address, prefer_address, remove_address
from usecases.erasing import forget_belongings
from usecases.ports.store import Change
from usecases.shop import Shop
from usecases.users import find_user
from usecases.wallet import SaveCard, prefer_card, remove_card, save_card

OWNER: Final = Caller(user_id="u-1", role=Role.CUSTOMER, trace=guest("one").trace)
TIMER: Final = clockwork("erase_accounts")
VISA: Final = SaveCard(stripe_token="pm_card_visa")
MASTERCARD: Final = SaveCard(stripe_token="tok_mastercard", is_default=True)

type Deed = Callable[[Shop], Coroutine[Any, Any, Any]]


def the_twentieth_twice() -> Scenario:
    """Two addresses at once into a book that has room for one: one is in, the other is told so."""
    world = World()
    _keep_addresses(world, MOST_ADDRESSES - 1)

    def finally_(world: World, ends: Outcomes) -> None:
        assert [type(end.error) for end in ends.values() if end.error] == [BookFull]
        assert len(_streets(world)) == MOST_ADDRESSES

    clients: dict[str, Client] = {name: _adding(name) for name in ("x", "y")}
    return Scenario("the twentieth address twice", world, clients, always, finally_)


def preferred_while_removed() -> Scenario:
    """An address is preferred while it is removed and another is added: none is lost, none comes back."""
    world = World()
    _keep_addresses(world, 2)

    def finally_(world: World, ends: Outcomes) -> None:
        assert ends["removes"].error is ends["adds"].error is None
        assert isinstance(ends["prefers"].error, NotFound | None)
        assert _streets(world) == ["0", "x"]

    clients: dict[str, Client] = {
        "prefers": lambda shop: prefer_address(shop, OWNER, "a1"),
        "removes": lambda shop: remove_address(shop, OWNER, "a1"),
        "adds": _adding("x"),
    }
    return Scenario("preferred while removed", world, clients, always, finally_)


def one_card_twice() -> Scenario:
    """The first card saved twice at once: one customer, one card, the same answer."""
    world = World()

    def finally_(world: World, ends: Outcomes) -> None:
        assert len({end.value.id for end in ends.values()}) == 1
        assert len(world.records(CUSTOMERS)) == 1
        _check_agreed(world, cards=1)

    clients: dict[str, Client] = {name: _saving(VISA) for name in ("first", "second")}
    return Scenario("one card twice", world, clients, always, finally_)


def two_cards_at_once() -> Scenario:
    """Two first cards at once: one customer with both."""
    world = World()

    def finally_(world: World, ends: Outcomes) -> None:
        assert len(world.records(CUSTOMERS)) == 1
        _check_agreed(world, cards=2)

    clients: dict[str, Client] = {"visa": _saving(VISA), "mastercard": _saving(MASTERCARD)}
    return Scenario("two cards at once", world, clients, always, finally_)


def saved_while_deleted() -> Scenario:
    """A card and an address are kept while the account's belongings go: the next sweep leaves nothing of them."""
    world = World()
    _write(world, _user("deleted"))
    _keep_addresses(world, 1)
    finish(save_card(world.shop("before"), OWNER, VISA))

    def finally_(world: World, ends: Outcomes) -> None:
        finish(forget_belongings(world.shop("sweep"), TIMER, OWNER.user_id))
        assert _streets(world) == []
        assert (world.records(CUSTOMERS), _attached(world)) == ([], [])
        _check_agreed(world, cards=0)

    clients: dict[str, Client] = {
        "forgets": _forgetting,
        "saves": _saving(MASTERCARD),
        "adds": _adding("x"),
    }
    return Scenario("saved while deleted", world, clients, always, finally_)


def come_again_while_forgotten() -> Scenario:
    """Somebody comes again while the sweep forgets what was: what is new stays, what was old is gone."""
    world = World()
    _write(world, _user("deleted"))
    finish(save_card(world.shop("before"), OWNER, VISA))
    _keep_addresses(world, 1)

    async def comes_again(shop: Shop) -> None:
        await forget_belongings(shop, OWNER, OWNER.user_id)
        user = await find_user(shop, OWNER.user_id)
        await shop.store.commit(Change(by=OWNER, puts=(user.but(status="active"),)))
        await _adding("x")(shop)
        await _saving(MASTERCARD)(shop)

    def finally_(world: World, ends: Outcomes) -> None:
        assert [end.error for end in ends.values()] == [None, None]
        assert _streets(world) == ["x"]
        assert len(world.records(CUSTOMERS)) == 1
        _check_agreed(world, cards=1)

    clients: dict[str, Client] = {"forgets": _forgetting, "comes again": comes_again}
    return Scenario("come again while forgotten", world, clients, always, finally_)


def always(world: World) -> None:
    """What holds at every moment: no book and no wallet too large, no card of two people, one customer a person."""
    for book in world.documents("address-book"):
        assert len(book["addresses"]) <= MOST_ADDRESSES
        said = Counter((one["type"], str(one["address"])) for one in book["addresses"])
        assert max(said.values(), default=0) <= 1, "the same address twice"
    for wallet in world.documents("wallet"):
        ids = [card["method_id"] for card in wallet["cards"]]
        assert len(ids) == len(set(ids)), "the same card twice"


def crashes(name: str) -> int:
    """How often a deed was cut off, once after each of its port calls; the repeat ends as if nothing had been.

    Raises ``AssertionError`` where it does not.
    """
    world = _lived_in(name)
    before = world.moment()
    finish(DEEDS[name](world.shop("whole")))
    whole = _end(world)
    for calls in count(1):
        world.back_to(before)
        if not cut_off(DEEDS[name](world.stepped("crashed")), calls):
            return calls - 1
        world.clock.time = NOON
        _repeated(world, DEEDS[name])
        assert _end(world) == whole, f"{name}, cut off after call {calls}"
        always(world)
    raise AssertionError("unreachable")


def _lived_in(name: str) -> World:
    """Somebody with an address and two cards, deleted where everything is to be forgotten; a first card needs none."""
    world = World()
    _write(world, _user("deleted" if name == "everything forgotten" else "active"))
    _keep_addresses(world, 1)
    if name != "a first card":
        shop = world.shop("kept")
        finish(save_card(shop, OWNER, VISA))
    if name in ("a card preferred", "a card removed", "everything forgotten"):
        finish(save_card(shop, OWNER, SaveCard(stripe_token="pm_card_mastercard")))
    return world


def _repeated(world: World, deed: Deed) -> None:
    try:
        finish(deed(world.shop("again")))
    except NotFound:
        return  # it was done, and only its answer was lost


def _end(world: World) -> tuple[object, ...]:
    """How things stand, ids aside."""
    wallets = world.documents("wallet")
    shown = [[(card["last4"], card["brand"]) for card in one["cards"]] for one in wallets]
    _check_agreed(world, cards=sum(map(len, shown)))
    leaving = [one["leaving"] for one in wallets]
    return shown, leaving, len(world.records(CUSTOMERS)), _streets(world)


def _check_agreed(world: World, *, cards: int) -> None:
    """The network holds attached just the cards that the wallet shows."""
    wallets = world.documents("wallet")
    shown = [(one["customer_id"], card["method_id"]) for one in wallets for card in one["cards"]]
    assert sorted(shown) == sorted(_attached(world)), "wallet and network differ"
    assert len(shown) == cards


def _attached(world: World) -> list[tuple[str, str]]:
    rows = ((record["customer"], id) for id, record in world.rows(METHODS))
    return [(customer, id) for customer, id in rows if customer]


def _streets(world: World) -> list[str]:
    books = world.documents("address-book")
    return sorted(one["address"]["line1"] for book in books for one in book["addresses"])


def _saving(command: SaveCard) -> Client:
    async def saving(shop: Shop) -> Any:
        return await save_card(shop, OWNER, command)

    return saving


def _adding(street: str) -> Client:
    async def adding(shop: Shop) -> Any:
        command = SaveAddress(**HOME.model_dump() | {"line1": street})
        return await add_address(shop, OWNER, command)

    return adding


async def _forgetting(shop: Shop) -> None:
    await forget_belongings(shop, TIMER, OWNER.user_id)


def _keep_addresses(world: World, many: int) -> None:
    kept = tuple(
        SavedAddress(
            id=f"a{number}",
            type="shipping",
            address=HOME.model_copy(update={"line1": str(number)}),
            created_at=NOON,
            updated_at=NOON,
        )
        for number in range(many)
    )
    _write(world, AddressBook(user_id=OWNER.user_id, addresses=kept))


def _kept_id(number: int) -> str:
    """The id of the first, second, … card that was kept before."""
    ids = CountedIds("kept")
    return [ids.new() for _ in range(number)][-1]


def _user(status: str) -> User:
    fields = {"id": "u-1", "user_id": "u-1", "issuer": "i", "subject": "s", "status": status}
    times = dict.fromkeys(("created_at", "updated_at", "last_login"), NOON)
    return User.model_validate(fields | times)


def _write(world: World, entity: Any) -> None:
    finish(world.store.commit(Change(by=CLERK, puts=(entity,))))


DEEDS: Final[dict[str, Deed]] = {
    "a first card": lambda shop: save_card(shop, OWNER, VISA),
    "another card": lambda shop: save_card(shop, OWNER, MASTERCARD),
    "a card preferred": lambda shop: prefer_card(shop, OWNER, _kept_id(2)),
    "a card removed": lambda shop: remove_card(shop, OWNER, _kept_id(1)),
    "an address": _adding("x"),
    "everything forgotten": _forgetting,
}
