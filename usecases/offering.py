"""Which codes hold for some lines now, and why the others do not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.cart import CartLine
from domain.category import branch
from domain.discount import Offer
from domain.money import Amount, Amounts, Money, total
from domain.order import AppliedPromotion
from domain.pricing import Bill
from domain.promotion import PROMOTION_ID, PromoRefused, Promotion, PromotionType, PromoUnknown
from usecases.products import find_product
from usecases.shop import Shop


class PromotionView(Amounts):
    """A code on a cart: what it saves; ``problem`` is the refusal's code where it does not hold now."""

    code: str
    name: str = ""
    type: PromotionType | None = None
    discount: Amount
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Considered:
    """Codes held against some lines: ``offers`` are those that hold, ``refused`` why another does not."""

    offers: tuple[Offer, ...] = ()
    refused: tuple[PromoRefused, ...] = ()

    def check(self, code: str = "") -> None:
        """Raise what stands in the way of the code, or of any."""
        for refusal in self.refused:
            if code in ("", refusal.facts["promo_code"]):
                raise refusal

    @property
    def ships_free(self) -> bool:
        """Whether one of them pays for standard shipping."""
        return any(offer.promotion.type == "free_shipping" for offer in self.offers)

    def applied(self, bill: Bill) -> tuple[AppliedPromotion, ...]:
        """The codes that save something on the bill; one that saves nothing is not used up."""
        saved = {code: off for code, off in bill.saved.items() if off.amount_minor}
        found = [offer.promotion for offer in self.offers if offer.promotion.code in saved]
        return tuple(
            AppliedPromotion(
                currency=promotion.currency,
                code=promotion.code,
                saved=saved[promotion.code],
                is_limited=promotion.is_limited,
                per_customer=promotion.per_customer,
            )
            for promotion in sorted(found, key=lambda promotion: promotion.code)
        )

    def counts_customers(self, code: str) -> bool:
        """Whether one customer may use the code a number of times only."""
        return any(
            offer.promotion.per_customer is not None
            for offer in self.offers
            if offer.promotion.code == code
        )

    def shown(self, saved: Mapping[str, Money], currency: str) -> tuple[PromotionView, ...]:
        """The codes as the shopper sees them, with what each saves; those that hold first."""
        good = [
            PromotionView(
                code=offer.promotion.code,
                name=offer.promotion.name,
                type=offer.promotion.type,
                discount=saved.get(offer.promotion.code, Money(0, currency)),
                currency=currency,
            )
            for offer in self.offers
        ]
        bad = [
            PromotionView(
                code=refusal.facts["promo_code"],
                discount=Money(0, currency),
                currency=currency,
                problem=refusal.code,
            )
            for refusal in self.refused
        ]
        return (*good, *bad)


NO_CODES = Considered()


async def consider(
    shop: Shop,
    codes: Sequence[str],
    lines: Sequence[CartLine],
    currency: str,
    *,
    placing: bool = False,
) -> Considered:
    """Hold the codes against the lines, at the lines' prices; one read a code, none where there are none.

    When ``placing``, whether a use is left is not looked at: the batch that takes it decides, and the use that
    is missing may be the one that another request for the very same cart has just taken.
    """
    offers: list[Offer] = []
    refused: list[PromoRefused] = []
    for code in codes:
        try:
            offer = await _offer(shop, code, lines, currency)
            if not placing:
                offer.promotion.check_left()
            offers.append(offer)
        except PromoRefused as refusal:
            refused.append(refusal)
    return Considered(tuple(offers), tuple(refused))


async def _offer(shop: Shop, code: str, lines: Sequence[CartLine], currency: str) -> Offer:
    """The code's offer; one that is stopped is refused as one that is absent, after the same one read."""
    promotion = await shop.store.get(Promotion, PROMOTION_ID, code)
    if promotion is None:
        raise PromoUnknown(promo_code=code)
    promotion.check_time(shop.clock.now())
    covered = [line for line in lines if await _is_covered(shop, promotion, line)]
    goods = total((line.line_total for line in covered), currency)
    promotion.check_goods(goods)
    return Offer(promotion, frozenset(line.sku for line in covered))


async def _is_covered(shop: Shop, promotion: Promotion, line: CartLine) -> bool:
    """Whether the code is for the line; its product is asked only where categories count."""
    categories: frozenset[str] = frozenset()
    if promotion.categories:
        product = await find_product(shop, line.product_id)
        categories = frozenset(
            each.slug for each in branch(product.category_path if product else ())
        )
    return promotion.covers(line.product_id, categories)
