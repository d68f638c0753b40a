"""Links that staff write."""

import pytest
from pydantic import TypeAdapter, ValidationError

from domain.link import Link, MaybeLink

LINK: TypeAdapter[str] = TypeAdapter(Link)
MAYBE: TypeAdapter[str] = TypeAdapter(MaybeLink)


@pytest.mark.parametrize(
    "text", ["/category/home", "https://example.org", "http://example.org/a?b=c#d"]
)
def test_a_page_of_the_web_or_of_the_shop_is_a_link(text: str) -> None:
    assert LINK.validate_python(text) == MAYBE.validate_python(text) == text


def test_a_link_may_be_missing_where_it_is_said() -> None:
    assert MAYBE.validate_python("") == ""
    with pytest.raises(ValidationError):
        LINK.validate_python("")


@pytest.mark.parametrize(
    "text",
    ["javascript:alert(1)", "data:text/html,x", "//example.org", "/", "ftp://x", "/a b", "x"],
)
def test_nothing_else_is(text: str) -> None:
    with pytest.raises(ValidationError):
        LINK.validate_python(text)
    with pytest.raises(ValidationError):
        MAYBE.validate_python(text)
