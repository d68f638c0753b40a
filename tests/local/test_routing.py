"""Routes against what ASP.NET Core documents of them."""

import pytest

from local.routing import BadRoute, Route, Router, decoded

GUID = "3f2b8c1e-0a4d-4e57-9c1b-7d2a5e6f8091"


@pytest.mark.parametrize(
    ("template", "path", "parameters"),
    [
        ("health/live", "/health/live", {}),
        ("health/live", "/HEALTH/Live", {}),
        ("health/live", "/health/live/", {}),
        ("health/live", "/health/live//", None),
        ("health/live", "/health//live", None),
        ("health/live", "/health", None),
        ("", "/", {}),
        ("p/{id}", "/p/Some Thing", {"id": "Some Thing"}),
        ("p/{id}", "/p/", None),
        ("p/{id}", "/p/a/b", None),
        ("p/{id:int}", "/p/-12", {"id": "-12"}),
        ("p/{id:int}", "/p/2147483648", None),
        ("p/{id:int}", "/p/1_000", None),
        ("p/{id:long}", "/p/2147483648", {"id": "2147483648"}),
        ("p/{id:guid}", f"/p/{GUID}", {"id": GUID}),
        ("p/{id:guid}", f"/p/{{{GUID}}}", {"id": f"{{{GUID}}}"}),
        ("p/{id:guid}", f"/p/{GUID.replace('-', '')}", {"id": GUID.replace("-", "")}),
        ("p/{id:guid}", f"/p/{GUID}0", None),
        ("p/{on:bool}", "/p/TRUE", {"on": "TRUE"}),
        ("p/{on:bool}", "/p/yes", None),
        ("p/{x:double}", "/p/-1.5e3", {"x": "-1.5e3"}),
        ("p/{x:decimal}", "/p/1,5", None),
        ("p/{x:float}", "/p/.5", {"x": ".5"}),
        ("p/{name:alpha}", "/p/Abc", {"name": "Abc"}),
        ("p/{name:alpha}", "/p/Abc1", None),
        ("p/{name:required}", "/p/x", {"name": "x"}),
        ("p/{name:length(3)}", "/p/abc", {"name": "abc"}),
        ("p/{name:length(3)}", "/p/abcd", None),
        ("p/{name:length(2,4)}", "/p/abcd", {"name": "abcd"}),
        ("p/{name:minlength(2):maxlength(3)}", "/p/abc", {"name": "abc"}),
        ("p/{name:minlength(2):maxlength(3)}", "/p/a", None),
        ("p/{n:min(18)}", "/p/17", None),
        ("p/{n:max(18)}", "/p/18", {"n": "18"}),
        ("p/{n:range(1,3)}", "/p/4", None),
        (r"p/{n:regex(^\d{{3}}-[a-z]+$)}", "/p/123-ABC", {"n": "123-ABC"}),
        (r"p/{n:regex(^\d{{3}}-[a-z]+$)}", "/p/1234-abc", None),
        ("p/{n:regex(^(a|b)$)}/x", "/p/b/x", {"n": "b"}),
        ("p/{id:int?}", "/p", {}),
        ("p/{id:int?}", "/p/7", {"id": "7"}),
        ("p/{id:int?}", "/p/x", None),
        ("p/{page:int=1}", "/p", {"page": "1"}),
        ("p/{page:int=1}", "/p/2", {"page": "2"}),
        ("files/{*rest}", "/files", {}),
        ("files/{**rest}", "/files/a/b", {"rest": "a/b"}),
        ("v{version}/p", "/V2/p", {"version": "2"}),
        ("p/{a}-{b}", "/p/1-2-3", {"a": "1-2", "b": "3"}),
        ("p/{name}.{kind}", "/p/a.tar.gz", {"name": "a.tar", "kind": "gz"}),
    ],
)
def test_a_template_fits_as_documented(
    template: str, path: str, parameters: dict[str, str] | None
) -> None:
    assert Route("f", template).match(path) == parameters


@pytest.mark.parametrize("template", ["p/{id:uuid}", "p/{id", "p/{name}.{kind?}", "p/{1st}"])
def test_a_template_that_cannot_be_served_is_refused(template: str) -> None:
    with pytest.raises(BadRoute):
        Route("f", template)


def test_the_first_function_by_name_wins_and_a_literal_does_not_beat_a_parameter() -> None:
    router = Router(
        [Route("list_featured", "p/featured"), Route("Get_product", "p/{id}"), Route("a", "q")]
    )

    hit = router.match("/p/featured", "GET")

    assert hit is not None
    assert (hit[0].name, hit[1]) == ("Get_product", {"id": "featured"})


def test_a_wrong_method_goes_on_to_the_next_route_and_ends_nowhere() -> None:
    router = Router(
        [Route("a", "p/{id}", frozenset({"GET"})), Route("b", "p/{sku}", frozenset({"PUT"}))]
    )

    put = router.match("/p/1", "PUT")

    assert put is not None
    assert put[1] == {"sku": "1"}
    assert router.match("/p/1", "DELETE") is None
    assert router.match("/p/1", "HEAD") is None
    assert router.match("/p/1", "OPTIONS") is None


def test_a_function_without_methods_takes_all() -> None:
    assert Router([Route("a", "p")]).match("/p", "PATCH") is not None


def test_routes_with_a_parameter_in_front_are_tried_in_their_turn() -> None:
    router = Router([Route("b", "api/p/x"), Route("a", "{*any}"), Route("c", "api/{kind}/x")])

    hit = router.match("/api/p/x", "GET")

    assert hit is not None
    assert hit[0].name == "a"


@pytest.mark.parametrize(
    ("first", "second", "is_shadowed"),
    [
        ("p/{id}", "p/featured", True),
        ("p/{id:guid}", "p/featured", False),
        ("p/featured", "p/{id}", False),
        ("p/{slug}", "p/{id:guid}", True),
        ("p/{id:int}", "p/{slug}", False),
        ("p/{*rest}", "p/a/b", True),
        ("p/{id:int}/x", "p/{id:guid}/x", False),
        ("p/{a}/{b}", "p/{id:guid}/{n:int}", True),
        ("p/{id:regex(^[A-Z]{{9}}$)}", "p/{other:regex(^[A-Z]{{9}}$)}", False),
    ],
)
def test_a_route_that_no_request_reaches_is_found(
    first: str, second: str, is_shadowed: bool
) -> None:
    router = Router([Route("a", first, frozenset({"GET"})), Route("b", second, frozenset({"GET"}))])

    found = [(route.name, method, before.name) for route, method, before in router.shadowed()]

    assert found == ([("b", "GET", "a")] if is_shadowed else [])


def test_another_method_is_not_shadowed() -> None:
    router = Router(
        [Route("a", "p/{id}", frozenset({"GET"})), Route("b", "p/x", frozenset({"PUT"}))]
    )

    assert router.shadowed() == []


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        (b"/api/p", "/api/p"),
        (b"/api/%70/caf%C3%A9", "/api/p/café"),
        (b"/p/a%2Fb%2fc", "/p/a%2Fb%2fc"),
    ],
)
def test_a_path_is_decoded_but_for_its_encoded_slashes(raw: bytes, path: str) -> None:
    assert decoded(raw) == path
