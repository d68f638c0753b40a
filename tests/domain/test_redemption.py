"""Uses of a promotion."""

from domain.redemption import CustomerUses, PromotionUse, customer_id, use_id

USE = PromotionUse(id=use_id("O1"), code="TEN", order_id="O1", customer="customer:1")
SECRET = b"k" * 32


def test_a_use_is_taken_until_it_is_freed_and_then_forgotten_in_time() -> None:
    freed = USE.freed()

    assert (USE.is_taken, USE.ttl) == (True, None)
    assert (freed.is_taken, freed.ttl) == (False, 90 * 24 * 3600)


def test_uses_and_counters_lie_beside_their_promotion() -> None:
    counter = CustomerUses(id="customer:1", code="TEN", left=1)

    assert (USE.id, USE.partition, counter.partition) == ("use:O1", "TEN", "TEN")
    assert PromotionUse.of_json(USE.json_text(), "1").document() == USE.document()


def test_a_customer_is_the_account_and_a_guest_the_address() -> None:
    def named(user_id: str, email: str) -> str:
        return customer_id(SECRET, user_id, email)

    assert named("guest:1", "a@b.c") == named("guest:2", " A@B.C ")
    assert named("guest:1", "a@b.c") != named("guest:1", "x@b.c")
    assert named("u-1", "a@b.c") == named("u-1", "x@b.c")
    assert named("u-1", "") != named("u-2", "")


def test_a_counter_does_not_say_whose_it_is() -> None:
    found = customer_id(SECRET, "guest:1", "a@b.c")

    assert found.startswith("customer:")
    assert len(found) == len("customer:") + 32
    assert found != customer_id(b"j" * 32, "guest:1", "a@b.c")
