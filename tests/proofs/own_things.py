"""Wishlists, and what people say of themselves: written at once, and while the account is deleted."""

from typing import Final

from domain.access import Caller, Role
from domain.errors import NotFound
from domain.preferences import Preferences
from domain.product import product_id
from domain.user import AccountDisabled, User
from domain.wishlist import MOST_WISHES, Wish, Wishlist, WishlistFull
from tests.adapters.embedded.fixtures import NOON, finish
from tests.proofs.explorer import Client, Outcomes, Scenario
from tests.proofs.world import CLERK, World, clockwork, guest
from usecases.erasing import forget_belongings
from usecases.ports.store import Change
from usecases.preferences import SavePreferences, save_preferences
from usecases.shop import Shop
from usecases.users import UpdateProfile, erase, find_user, update
from usecases.wishlist import AddWish, add_wish, remove_wish

OWNER: Final = Caller(user_id="u-1", role=Role.CUSTOMER, trace=guest("one").trace)
TIMER: Final = clockwork("erase_accounts")
MUG, TRAY = product_id("mug"), product_id("tray")


def the_last_wish_twice() -> Scenario:
    """Two wishes at once into a list that has room for one: one is in, the other is told so."""
    world = _world(wishes=MOST_WISHES - 1)

    def finally_(world: World, ends: Outcomes) -> None:
        assert [type(end.error) for end in ends.values() if end.error] == [WishlistFull]
        assert len(_wished(world)) == MOST_WISHES

    clients: dict[str, Client] = {"mug": _wishing(MUG), "tray": _wishing(TRAY)}
    return Scenario("the last wish twice", world, clients, always, finally_)


def wished_while_taken_off() -> Scenario:
    """The same wish twice while it is taken off and something else is wished for: none is lost, none is double."""
    world = _world(wishes=1)

    async def takes_off(shop: Shop) -> None:
        await remove_wish(shop, OWNER, MUG)

    def finally_(world: World, ends: Outcomes) -> None:
        errors = {name: end.error for name, end in ends.items()}
        assert isinstance(errors.pop("takes off"), NotFound | None)
        assert set(errors.values()) == {None}
        assert [one for one in _wished(world) if one != MUG] == [TRAY, "p-0"]

    clients: dict[str, Client] = {
        "wishes": _wishing(MUG),
        "wishes again": _wishing(MUG),
        "takes off": takes_off,
        "wishes for more": _wishing(TRAY),
    }
    return Scenario("wished while taken off", world, clients, always, finally_)


def wished_while_deleted() -> Scenario:
    """Something is wished for while the account's belongings go: the next sweep leaves nothing of it."""
    world = _world(wishes=1, status="deleted")

    def finally_(world: World, ends: Outcomes) -> None:
        finish(forget_belongings(world.shop("sweep"), TIMER, OWNER.user_id))
        assert _wished(world) == []

    clients: dict[str, Client] = {
        "forgets": _forgetting,
        "forgets again": _forgetting,
        "wishes": _wishing(MUG),
    }
    return Scenario("wished while deleted", world, clients, always, finally_)


def wished_anew_while_forgotten() -> Scenario:
    """Somebody comes again while the sweep forgets what was: the new wish stays, the old ones are gone."""
    world = _world(wishes=1, status="deleted")

    async def comes_again(shop: Shop) -> None:
        await _forgetting(shop)
        user = await find_user(shop, OWNER.user_id)
        await shop.store.commit(Change(by=OWNER, puts=(user.but(status="active"),)))
        await _wishing(MUG)(shop)

    def finally_(world: World, ends: Outcomes) -> None:
        assert [end.error for end in ends.values()] == [None, None]
        assert _wished(world) == [MUG]

    clients: dict[str, Client] = {"forgets": _forgetting, "comes again": comes_again}
    return Scenario("wished anew while forgotten", world, clients, always, finally_)


def named_while_leaving() -> Scenario:
    """The name is changed while its person leaves: after the next sweep neither record nor list says it."""
    return _while_leaving("named while leaving", _naming)


def preferred_while_leaving() -> Scenario:
    """Preferences are changed while their person leaves: the record that is left does not say them."""
    return _while_leaving("preferred while leaving", _preferring)


def said_at_once() -> Scenario:
    """Name and preferences are changed at once: both are kept, and each is told."""
    world = _world()

    def finally_(world: World, ends: Outcomes) -> None:
        assert [end.error for end in ends.values()] == [None, None]
        (user,) = world.documents("user")
        assert (user["name"], user["told"]) == ("Somebody", 2)
        assert Preferences.model_validate(user["preferences"]) == Preferences(language="de")

    clients: dict[str, Client] = {"names": _naming, "prefers": _preferring}
    return Scenario("said at once", world, clients, always, finally_)


def always(world: World) -> None:
    """What holds at every moment: no list is too long, and no product stands in one twice."""
    wished = _wished(world)
    assert len(wished) == len(set(wished)) <= MOST_WISHES


def _world(*, wishes: int = 0, status: str = "active") -> World:
    """Somebody with so many wishes, in a shop that sells a mug and a tray."""
    world = World()
    for sku in ("mug", "tray"):
        world.offer(sku, 1)
    user = {"id": "u-1", "user_id": "u-1", "issuer": "i", "subject": "s", "status": status}
    times = dict.fromkeys(("created_at", "updated_at", "last_login"), NOON)
    kept = tuple(Wish(product_id=f"p-{n}", name="Old", added_at=NOON) for n in range(wishes))
    wishlist = (Wishlist(user_id="u-1", wishes=kept),) if kept else ()
    puts = (User.model_validate(user | times), *wishlist)
    finish(world.store.commit(Change(by=CLERK, puts=puts)))
    return world


def _while_leaving(name: str, says: Client) -> Scenario:
    world = _world()

    async def leaves(shop: Shop) -> None:
        await erase(shop, OWNER)

    def finally_(world: World, ends: Outcomes) -> None:
        finish(forget_belongings(world.shop("sweep"), TIMER, OWNER.user_id))
        assert ends["leaves"].error is None
        assert isinstance(ends["says"].error, AccountDisabled | None)
        (user,) = world.documents("user")
        assert (user["status"], user["name"], user.get("preferences")) == ("deleted", "", None)
        assert world.documents("user-listing") == []

    clients: dict[str, Client] = {"says": says, "leaves": leaves}
    return Scenario(name, world, clients, always, finally_)


def _wished(world: World) -> list[str]:
    return [wish["product_id"] for one in world.documents("wishlist") for wish in one["wishes"]]


def _wishing(product: str) -> Client:
    async def wishes(shop: Shop) -> Wish:
        return await add_wish(shop, OWNER, AddWish(product_id=product))

    return wishes


async def _forgetting(shop: Shop) -> None:
    await forget_belongings(shop, TIMER, OWNER.user_id)


async def _naming(shop: Shop) -> None:
    await update(shop, OWNER, UpdateProfile(name="Somebody"))


async def _preferring(shop: Shop) -> None:
    await save_preferences(shop, OWNER, SavePreferences(language="de"))
