"""Links that staff write."""

import pytest
from pydantic import TypeAdapter, ValidationError

from domain.link import Link

LINK: TypeAdapter[str] = TypeAdapter(Link)


@pytest.mark.parametrize(
    "text", ["", "/category/home", "https://example.org", "http://example.org/a?b=c#d"]
)
def test_a_page_of_the_web_or_of_the_shop_is_a_link(text: str) -> None:
    assert LINK.validate_python(text) == text


@pytest.mark.parametrize(
    "text",
    ["javascript:alert(1)", "data:text/html,x", "//example.org", "/", "ftp://x", "/a b", "x"],
)
def test_nothing_else_is(text: str) -> None:
    with pytest.raises(ValidationError):
        LINK.validate_python(text)
