"""What is kept comes back as it was."""

import pytest

from domain.document_id import outside_part
from tests.adapters.store_kinds import Crate, Tray, ids, put
from usecases.ports.store import AlreadyExists, Query, Store


class Documents:
    """What is kept comes back as it was."""

    async def test_text_of_any_script_comes_back_as_it_was(self, store: Store) -> None:
        text = 'Ærøskøbing "quoted" \\ 東京 🎁\u0301 \n\t\u2028 </script>'

        await put(store, Crate(id="c", status=text, facts={text: text}))

        found = await store.get(Crate, "c", "u-1")
        assert found is not None
        assert (found.status, found.facts) == (text, {text: text})

    async def test_numbers_come_back_exactly(self, store: Store) -> None:
        facts = {"large": 2**53 - 1, "small": -(2**53) + 1, "price": 1199.95, "whole": 3.0}

        await put(store, Crate(id="c", facts=facts))

        found = await store.get(Crate, "c", "u-1")
        assert found is not None
        assert found.facts == facts

    async def test_a_null_within_stays_a_null(self, store: Store) -> None:
        await put(store, Crate(id="c", facts={"nothing": None}))

        found = await store.get(Crate, "c", "u-1")
        assert found is not None
        assert found.facts == {"nothing": None}

    async def test_fields_of_another_release_are_carried_through(self, store: Store) -> None:
        newer = Crate.model_validate({"id": "c", "colour": {"name": "red"}})
        crate = await put(store, newer)

        await put(store, crate.but(status="full"))

        found = await store.get(Crate, "c", "u-1")
        assert found is not None
        assert found.document()["colour"] == {"name": "red"}

    async def test_an_older_document_is_lifted_on_read_and_kept_lifted(self, store: Store) -> None:
        await put(store, Crate(id="c", status="full"))

        tray = await store.get(Tray, "c", "u-1")
        assert tray is not None
        assert tray.state == "full"
        await put(store, tray.but(state="empty"))

        again = (await store.find(Tray, Query("u-1"))).items[0]
        assert (again.state, again.document()["schema_version"]) == ("empty", 2)

    @pytest.mark.parametrize(
        "id", ["", "a/b", "a\\b", "a?", "#a", "é" * 512, "x" * 5_000, "\ud800"]
    )
    async def test_what_no_document_can_be_called_is_absent(self, store: Store, id: str) -> None:
        """Ids come from addresses too, such as that of a product."""
        await put(store, Crate(id="a"))

        assert await store.get(Crate, id, "u-1") is None

    async def test_where_no_document_can_lie_there_is_none(self, store: Store) -> None:
        partition = "é" * 1_025
        await put(store, Crate(id="a"))

        assert await store.get(Crate, "a", partition) is None
        assert (await store.find(Crate, Query(partition))).items == ()
        with pytest.raises(ValueError, match="partition of 1025 characters"):
            await put(store, Crate(id="a", user_id=partition))

    async def test_text_of_others_becomes_part_of_an_id_that_can_be_kept(
        self, store: Store
    ) -> None:
        chosen = ("a/b", "a?b", "x" * 5_000, "e-1")
        crates = [Crate(id=f"in:orders:{outside_part(text)}") for text in chosen]

        for crate in crates:
            await put(store, crate)

        assert len(await ids(store)) == len(chosen)
        for crate in crates:
            with pytest.raises(AlreadyExists) as conflict:
                await put(store, crate)
            assert conflict.value.entity_id == crate.id
