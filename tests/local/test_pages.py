import json

from domain.money import Money
from local.pages import amount, button, data, fields_of, html, table


def test_a_page_escapes_its_title_and_forbids_scripts_and_frames() -> None:
    status, headers, body = html("<b>", "<p>text", 418)

    assert status == 418
    assert b"<title>&lt;b&gt;</title>" in body
    assert b"<h1>&lt;b&gt;</h1><p>text" in body
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["x-frame-options"] == "DENY"


def test_data_is_json_that_nobody_caches() -> None:
    status, headers, body = data([{"a": 1}])

    assert (status, json.loads(body)) == (200, [{"a": 1}])
    assert headers["content-type"] == "application/json"
    assert headers["cache-control"] == "no-store"


def test_a_table_holds_its_cells() -> None:
    assert table(["<h>"], [["<b>1</b>"], ["2"]]) == (
        "<table><tr><th>&lt;h&gt;<tr><td><b>1</b><tr><td>2</table>"
    )


def test_a_button_posts_escaped_fields() -> None:
    assert button('"Go"', {"a": '"><x'}, "/to?a&b") == (
        '<form method="post" action="/to?a&amp;b">'
        '<input type="hidden" name="a" value="&quot;&gt;&lt;x">'
        "<button>&quot;Go&quot;</button></form>"
    )
    assert button("Go", {}) == '<form method="post"><button>Go</button></form>'


def test_the_last_field_of_a_name_counts_and_junk_is_no_field() -> None:
    assert fields_of(b"a=1&a=2&b=%C3%A9") == {"a": "2", "b": "é"}
    assert fields_of(b"\xff\xfe") == {}


def test_an_amount_has_its_currencys_decimals() -> None:
    assert amount(Money(119_900, "USD")) == "1,199.00 USD"
    assert amount(Money(1_199, "JPY")) == "1,199 JPY"
