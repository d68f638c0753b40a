from collections.abc import Callable
from functools import partial
from pathlib import Path
from sqlite3 import Connection

import pytest

from adapters.embedded.world import MemoryVault, Records, SqliteVault, Vault, WorldAway
from adapters.sqlite.file import SqliteFile
from usecases.ports.store import StoreBusy


async def test_a_record_is_read_as_it_was_put(vault: Vault) -> None:
    await vault.change(lambda r: r.put("drawer", "a", {"n": 1, "text": "é"}))

    assert await vault.look(lambda r: r.get("drawer", "a")) == {"n": 1, "text": "é"}


async def test_an_absent_record_is_none_also_in_another_drawer(vault: Vault) -> None:
    await vault.change(lambda r: r.put("drawer", "a", {}))

    assert await vault.look(lambda r: r.get("other", "a")) is None
    assert await vault.look(lambda r: r.get("drawer", "b")) is None


async def test_records_keep_the_order_in_which_they_were_first_put(vault: Vault) -> None:
    def fill(records: Records) -> None:
        for key in "cab":
            records.put("drawer", key, {"n": 0})
        records.put("drawer", "c", {"n": 1})

    await vault.change(fill)

    oldest = await vault.look(lambda r: r.oldest("drawer", 2))
    newest = await vault.look(lambda r: r.newest("drawer", 2))
    assert oldest == [("c", {"n": 1}), ("a", {"n": 0})]
    assert newest == [("b", {"n": 0}), ("a", {"n": 0})]
    assert await vault.look(lambda r: r.newest("drawer", 9, "b")) == oldest[::-1]
    assert await vault.look(lambda r: r.newest("drawer", 1, "b")) == [("a", {"n": 0})]
    assert await vault.look(lambda r: r.newest("drawer", 9, "c")) == []
    assert await vault.look(lambda r: r.newest("drawer", 9, "never there")) == []


async def test_a_dropped_record_is_gone_and_dropping_again_is_harmless(vault: Vault) -> None:
    await vault.change(lambda r: r.put("drawer", "a", {}))

    await vault.change(lambda r: r.drop("drawer", "a"))
    await vault.change(lambda r: r.drop("drawer", "a"))

    assert await vault.look(lambda r: r.oldest("drawer", 9)) == []


async def test_a_job_that_raises_leaves_nothing(vault: Vault) -> None:
    def spoil(records: Records) -> None:
        records.put("drawer", "a", {})
        raise KeyError("spoilt")

    with pytest.raises(KeyError, match="spoilt"):
        await vault.change(spoil)

    assert await vault.look(lambda r: r.get("drawer", "a")) is None


async def filled(keys: str) -> MemoryVault:
    vault = MemoryVault()
    for key in keys:
        await vault.change(partial(fill_one, key=key))
    return vault


def fill_one(records: Records, key: str) -> None:
    records.put("drawer", key, {"of": key})


async def test_the_digest_does_not_depend_on_the_order_of_arrival() -> None:
    one, other = await filled("ab"), await filled("ba")

    assert hash(one.digest()) == hash(other.digest())
    assert one.digest() == other.digest()
    await one.change(lambda r: r.put("drawer", "a", {"of": "b"}))
    assert one.digest() != other.digest()


async def test_two_processes_share_the_file_and_a_restart_keeps_it(tmp_path: Path) -> None:
    here, there = SqliteFile(tmp_path / "shop.db"), SqliteFile(tmp_path / "shop.db")

    await SqliteVault(here).change(lambda r: r.put("drawer", "a", {"n": 1}))

    assert await SqliteVault(there).look(lambda r: r.get("drawer", "a")) == {"n": 1}
    here.close()
    there.close()
    again = SqliteFile(tmp_path / "shop.db")
    assert await SqliteVault(again).look(lambda r: r.get("drawer", "a")) == {"n": 1}
    again.close()


class BusyFile:
    async def write[T](self, job: Callable[[Connection], T]) -> T:
        raise StoreBusy("locked")

    async def read[T](self, job: Callable[[Connection], T]) -> T:
        raise StoreBusy("locked")


async def test_a_busy_file_is_a_world_that_is_away() -> None:
    vault = SqliteVault(BusyFile())

    with pytest.raises(WorldAway, match="locked"):
        await vault.change(lambda r: r.drop("drawer", "a"))
    with pytest.raises(WorldAway, match="locked"):
        await vault.look(lambda r: r.get("drawer", "a"))
