"""The catalogue as staff keep it: products and their stock, categories, banners, promo codes."""

from blueprints._answer import Answer
from blueprints._area import Area
from blueprints._endpoint import Call, endpoint
from blueprints._versions import expected, versioned
from domain.banner import BannerNotFound
from domain.catalogue import BadRow
from domain.category import CategoryTaken, NamesTooLong, TooDeep, UnknownCategory
from domain.cursor import BadCursor
from domain.errors import PreconditionFailed
from domain.product import ProductNotFound, SkuTaken, SlugTaken, VariantNotFound
from domain.promotion_terms import (
    BadTerms,
    CodeTaken,
    LimitBelowUses,
    PromotionChange,
    PromotionTerms,
    TermsFixed,
    UnknownGoods,
)
from domain.stock import StockBelowHolds, StockTooLarge
from usecases import (
    banner_keeping,
    category_keeping,
    product_editing,
    promotion_desk,
    stocking,
)
from usecases.again import Contended
from usecases.banner_keeping import StaffBanner, WriteBanner
from usecases.browsing import CategoryNotFound
from usecases.category_keeping import ChangeCategory, CreateCategory, StaffCategory
from usecases.holding import NoStock
from usecases.product_editing import ChangeProduct, CreateProduct, StaffProduct
from usecases.promotion_desk import (
    ListPromotions,
    PromotionNotFound,
    StaffPromotion,
    StaffPromotions,
)
from usecases.stocking import SetStock, StaffStock

area = Area("staff_catalog")


@endpoint(
    area,
    "POST",
    "api/staff/products",
    may="catalog:keep",
    body=CreateProduct,
    returns=StaffProduct,
    status=201,
    raises=(BadRow, UnknownCategory, SlugTaken, SkuTaken, Contended),
)
async def create_product(call: Call[CreateProduct]) -> Answer:
    """Create a product with its variants; stock comes in apart. Lists and the search follow within moments."""
    product = await product_editing.create_product(call.shop, call.who, call.body)
    return _revision(201, product)


@endpoint(
    area,
    "PUT",
    "api/staff/products/{id}",
    may="catalog:keep",
    body=ChangeProduct,
    returns=StaffProduct,
    raises=(ProductNotFound, PreconditionFailed, BadRow, UnknownCategory, SkuTaken, Contended),
)
async def change_product(call: Call[ChangeProduct]) -> Answer:
    """Change a product, whole; with If-Match only the version that was read. What is in carts shows the new price."""
    product = await product_editing.change_product(
        call.shop, call.who, call.path["id"], call.body, expected(call)
    )
    return _revision(200, product)


@endpoint(
    area,
    "DELETE",
    "api/staff/products/{id}",
    may="catalog:keep",
    status=204,
    media_type="text/plain",
    raises=(ProductNotFound, PreconditionFailed, Contended),
)
async def retire_product(call: Call[None]) -> None:
    """Sell a product no more: it leaves lists and search, carts cannot be ordered with it, orders go on."""
    await product_editing.retire_product(call.shop, call.who, call.path["id"], expected(call))


@endpoint(
    area,
    "PUT",
    "api/staff/products/{id}/stock",
    may="stock:keep",
    body=SetStock,
    returns=StaffStock,
    raises=(
        ProductNotFound,
        VariantNotFound,
        NoStock,
        StockBelowHolds,
        StockTooLarge,
        Contended,
    ),
)
async def set_stock(call: Call[SetStock]) -> StaffStock:
    """Count a variant (on_hand), or bring pieces in or out (adjust); never below what orders hold."""
    return await stocking.set_stock(
        call.shop, call.who, call.path["id"], call.body, command_id=call.command_id
    )


@endpoint(
    area,
    "POST",
    "api/staff/categories",
    may="catalog:keep",
    body=CreateCategory,
    returns=StaffCategory,
    status=201,
    raises=(UnknownCategory, TooDeep, NamesTooLong, CategoryTaken, Contended),
)
async def create_category(call: Call[CreateCategory]) -> Answer:
    """Create a category, at the root or below another."""
    return _revision(201, await category_keeping.create_category(call.shop, call.who, call.body))


@endpoint(
    area,
    "PUT",
    "api/staff/categories/{slug}",
    may="catalog:keep",
    body=ChangeCategory,
    returns=StaffCategory,
    raises=(CategoryNotFound, PreconditionFailed, Contended),
)
async def change_category(call: Call[ChangeCategory]) -> Answer:
    """Change how a category is shown; its slug, and the names that catalogues know it by, stay."""
    category = await category_keeping.change_category(
        call.shop, call.who, call.path["slug"], call.body, expected(call)
    )
    return _revision(200, category)


@endpoint(
    area,
    "POST",
    "api/staff/banners",
    may="catalog:keep",
    body=WriteBanner,
    returns=StaffBanner,
    status=201,
    raises=(Contended,),
)
async def create_banner(call: Call[WriteBanner]) -> Answer:
    """Put a banner on the home page for a while; with an Idempotency-Key, once."""
    banner = await banner_keeping.create_banner(
        call.shop, call.who, call.body, command_id=call.command_id
    )
    return _revision(201, banner)


@endpoint(
    area,
    "PUT",
    "api/staff/banners/{id}",
    may="catalog:keep",
    body=WriteBanner,
    returns=StaffBanner,
    raises=(BannerNotFound, PreconditionFailed, Contended),
)
async def change_banner(call: Call[WriteBanner]) -> Answer:
    """Change a banner, whole; one that ends now is gone within a minute."""
    banner = await banner_keeping.change_banner(
        call.shop, call.who, call.path["id"], call.body, expected(call)
    )
    return _revision(200, banner)


@endpoint(
    area,
    "GET",
    "api/staff/promotions",
    may="promotion:keep",
    query=ListPromotions,
    returns=StaffPromotions,
    raises=(BadCursor,),
)
async def list_promotions(call: Call[None]) -> StaffPromotions:
    """The promo codes in order of code, stopped ones too, with how often each was used."""
    return await promotion_desk.list_promotions(call.shop, call.query)


@endpoint(
    area,
    "POST",
    "api/staff/promotions",
    may="promotion:keep",
    body=PromotionTerms,
    returns=StaffPromotion,
    status=201,
    raises=(BadTerms, UnknownGoods, CodeTaken, Contended),
)
async def create_promotion(call: Call[PromotionTerms]) -> Answer:
    """Make a promo code: a percentage, an amount or free shipping, for all goods or some."""
    return _revision(201, await promotion_desk.create_promotion(call.shop, call.who, call.body))


@endpoint(
    area,
    "PUT",
    "api/staff/promotions/{code}",
    may="promotion:keep",
    body=PromotionChange,
    returns=StaffPromotion,
    raises=(
        PromotionNotFound,
        PreconditionFailed,
        BadTerms,
        TermsFixed,
        LimitBelowUses,
        Contended,
    ),
)
async def change_promotion(call: Call[PromotionChange]) -> Answer:
    """Change name, time or limit of a code, or stop it; what it gives never changes."""
    promotion = await promotion_desk.change_promotion(
        call.shop, call.who, call.path["code"], call.body, expected(call)
    )
    return _revision(200, promotion)


def _revision(
    status: int, view: StaffProduct | StaffCategory | StaffBanner | StaffPromotion
) -> Answer:
    return versioned(status, view, view.revision)
