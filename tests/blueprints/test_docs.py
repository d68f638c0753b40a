"""The API's description as a page, without a CDN."""

import re
from html.parser import HTMLParser

from tests.blueprints.harness import Web


async def test_the_page_brings_everything_along(web: Web) -> None:
    answer = await web.get("/api/docs")

    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == "text/html"
    outside = re.findall(r'(?:src|href)="?https?://[^" >]+', answer.text.partition("<script>")[0])
    assert outside == []
    assert "SwaggerUIBundle(" in answer.text


async def test_the_page_may_load_nothing_from_elsewhere(web: Web) -> None:
    policy = (await web.get("/api/docs")).headers["content-security-policy"]

    assert policy.startswith("default-src 'none'; ")
    assert "http" not in policy
    assert "frame-ancestors 'none'" in policy


class Elements(HTMLParser):
    """The names of the elements that begin and end in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.begun: list[str] = []
        self.ended: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.begun.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.ended.append(tag)


async def test_the_scripts_end_where_they_should(web: Web) -> None:
    """Nothing inside a script may look like its end, or the page breaks."""
    page = Elements((await web.get("/api/docs")).text)

    assert page.begun == [
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "div",
        "script",
        "script",
    ]
    assert page.ended == ["title", "style", "head", "div", "script", "script", "body", "html"]


async def test_the_document_is_json(web: Web) -> None:
    answer = await web.get("/api/openapi.json")

    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["openapi"] == "3.1.0"
