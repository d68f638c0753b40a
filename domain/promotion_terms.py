"""A promotion as people write it, and the promotion that it means."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Final

from pydantic import AwareDatetime, Field

from domain.entity import Command
from domain.errors import Conflict, Invalid, RuleBroken
from domain.money import Money, money
from domain.promotion import WHOLE, Promotion, PromotionType, normalised

MOST_USES: Final = 10_000_000
MOST_NAMED: Final = 100
"""So many categories, or products, at most in one promotion."""

CHANGEABLE: Final = frozenset({"name", "starts_at", "ends_at", "active"})
"""What may be changed of a promotion that is there; everything else is what shoppers were promised."""

_TERMS: Final = frozenset(
    {"type", "rate", "amount", "minimum", "currency", "categories", "products"}
    | {"limit", "per_customer"}
)

type Named = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=600)], ...], Field(max_length=MOST_NAMED)
]
type Uses = Annotated[int, Field(ge=1, le=MOST_USES)]


class BadTerms(Invalid):
    """This is no promotion."""

    code = "PROMO_BAD_TERMS"
    message = "This is not a promotion."


class TermsFixed(RuleBroken):
    """Shoppers were promised something else under this code; ``fields`` says what differs."""

    code = "PROMO_TERMS_FIXED"
    message = "The terms of a code are never changed; stop it, and make another one."


class LimitBelowUses(RuleBroken):
    """It was used more often than that already."""

    code = "PROMO_LIMIT_BELOW_USES"
    message = "This code was used more often than that; the least limit is what was used."


class CodeTaken(Conflict):
    """There is a promotion with this code, and it is another one."""

    code = "PROMO_CODE_TAKEN"
    message = "There is another promotion with this code."


class UnknownGoods(RuleBroken):
    """It would be for categories or products that are not there."""

    code = "PROMO_UNKNOWN_GOODS"
    message = "This code would be for goods that are not there."


class PromotionChange(Command):
    """What shall be otherwise of a promotion; what is left out stays, ``null`` lifts a date.

    ``"active": false`` stops it.
    """

    name: Annotated[str, Field(max_length=200)] = ""
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    limit: Uses | None = None
    active: bool = True


class PromotionTerms(Command):
    """One promotion: exactly one of ``percent``, ``amount_off`` and ``free_shipping``.

    Amounts are in the currency that the shop sells in. ``categories`` are slugs, ``products`` ids.
    """

    code: Annotated[str, Field(min_length=3, max_length=40)]
    name: Annotated[str, Field(max_length=200)] = ""
    percent: Annotated[Decimal, Field(gt=0, le=100, decimal_places=2)] | None = None
    amount_off: Annotated[Decimal, Field(gt=0)] | None = None
    free_shipping: bool = False
    minimum: Annotated[Decimal, Field(ge=0)] = Decimal(0)
    categories: Named = ()
    products: Named = ()
    starts_at: AwareDatetime | None = None
    ends_at: AwareDatetime | None = None
    limit: Uses | None = None
    per_customer: Uses | None = None
    active: bool = True


def promotion_of(terms: PromotionTerms, currency: str, now: datetime) -> Promotion:
    """The promotion that is meant, with all its uses left. Raises ``BadTerms``."""
    code = normalised(terms.code)
    if code is None:
        raise BadTerms(code=terms.code)
    _check_times(code, terms.starts_at, terms.ends_at)
    return Promotion(
        code=code,
        name=terms.name,
        type=_type_of(terms),
        rate=int((terms.percent or Decimal(0)) * WHOLE / 100),
        amount=_money(terms.amount_off, currency) if terms.amount_off is not None else None,
        minimum=_money(terms.minimum, currency),
        currency=currency,
        categories=terms.categories,
        products=terms.products,
        starts_at=terms.starts_at,
        ends_at=terms.ends_at,
        limit=terms.limit,
        left=terms.limit,
        per_customer=terms.per_customer,
        active=terms.active,
        created_at=now,
        updated_at=now,
    )


def changed(there: Promotion, wanted: Promotion, at: datetime) -> Promotion:
    """The promotion that is there, as it is wanted; the same one where nothing differs.

    Raises ``TermsFixed`` where anything else than ``CHANGEABLE`` differs. What is left of its uses stays.
    """
    fixed = sorted(name for name in _TERMS if getattr(there, name) != getattr(wanted, name))
    if fixed:
        raise TermsFixed(promo_code=there.code, fields=fixed)
    news = {name: getattr(wanted, name) for name in CHANGEABLE}
    if all(getattr(there, name) == value for name, value in news.items()):
        return there
    return there.but(**news, updated_at=at, revision=there.revision + 1)


def is_same(there: Promotion, wanted: Promotion) -> bool:
    """Whether both give the same under the same conditions, their uses aside."""
    return all(getattr(there, name) == getattr(wanted, name) for name in _TERMS | CHANGEABLE)


def revised(there: Promotion, change: PromotionChange, at: datetime) -> Promotion:
    """The promotion that is there, changed; the same one where nothing differs.

    Uses that are taken stay taken: of another limit, as many more or fewer are left. A promotion that counts
    its uses goes on to, and one that does not never begins to, since those before were not counted. Raises
    ``BadTerms``, ``TermsFixed`` and ``LimitBelowUses``.
    """
    news = change.model_dump(exclude_unset=True)
    fresh = there.but(**news | _counted(there, news.get("limit", there.limit)))
    _check_times(fresh.code, fresh.starts_at, fresh.ends_at)
    if fresh == there:
        return there
    return fresh.but(updated_at=at, revision=there.revision + 1)


def _counted(there: Promotion, limit: int | None) -> dict[str, int | None]:
    """The limit, and what is left of it."""
    if limit == there.limit:
        return {}
    if limit is None or there.used is None:
        raise TermsFixed(promo_code=there.code, fields=["limit"])
    if limit < there.used:
        raise LimitBelowUses(promo_code=there.code, used=there.used, limit=limit)
    return {"limit": limit, "left": limit - there.used}


def _check_times(code: str, starts_at: datetime | None, ends_at: datetime | None) -> None:
    if starts_at is not None and ends_at is not None and ends_at <= starts_at:
        raise BadTerms(code=code, reason="a promotion ends after it starts")


def _type_of(terms: PromotionTerms) -> PromotionType:
    given: dict[PromotionType, bool] = {
        "percentage": terms.percent is not None,
        "amount": terms.amount_off is not None,
        "free_shipping": terms.free_shipping,
    }
    types = [each for each, is_given in given.items() if is_given]
    if len(types) != 1:
        raise BadTerms(code=terms.code, reason="a promotion gives exactly one thing")
    return types[0]


def _money(amount: Decimal, currency: str) -> Money:
    try:
        return money(amount, currency)
    except ValueError as error:
        raise BadTerms(reason=str(error)) from None
