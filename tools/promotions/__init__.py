"""The promo codes of the built-in shop: written by hand in the file beside this one."""

import tomllib
from decimal import Decimal
from pathlib import Path

from domain.promotion_terms import PromotionTerms

_FILE = Path(__file__).parent / "codes.toml"


def codes() -> list[PromotionTerms]:
    """Every code, in the order of the file."""
    written = tomllib.loads(_FILE.read_text("utf-8"), parse_float=Decimal)
    return [PromotionTerms.model_validate(each) for each in written["code"]]
