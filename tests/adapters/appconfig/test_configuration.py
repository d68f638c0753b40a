"""App Configuration over TLS, and the store's documents beside it."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.appconfig import client
from adapters.appconfig.client import MOST_PAGES, PAGE_SIZE, AppConfigurationClient
from adapters.appconfig.configuration import AppConfiguration, configuration_of
from adapters.embedded.configuration import SCOPE, StoreConfiguration
from adapters.environment import BadSettings
from adapters.memory import MemoryStore
from domain.companions import AuditRecord
from domain.setting import Setting, SettingLocked
from tests.adapters.appconfig.fake import FakeStore
from tests.adapters.embedded.fixtures import StillClock
from tests.adapters.https import Credential, certificate, served
from tests.usecases.shop_fixtures import STAFF
from usecases.ports.configuration import ConfigurationAway
from usecases.ports.store import VersionConflict

KEY, HOUR = "cart.max_items", 3600


@dataclass
class Rig:
    """A configuration service, and a store that several processes share."""

    service: FakeStore
    address: str
    certificate: Path
    clock: StillClock
    store: MemoryStore
    credential: Credential

    def process(self) -> AppConfiguration:
        """Another process."""
        context = ssl.create_default_context(cafile=self.certificate)
        transport = httpx.AsyncHTTPTransport(verify=context)
        client = AppConfigurationClient(
            self.address, credential=self.credential, transport=transport
        )
        return AppConfiguration(client, StoreConfiguration(self.store, self.clock), self.clock)

    def records(self) -> list[Any]:
        """What the audit tells, in order."""
        kept = self.store.snapshot().values()
        told = [AuditRecord.of_json(one.text, one.version) for one in kept if one.kind == "audit"]
        return sorted(told, key=lambda one: one.timestamp)


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    file, clock, service = certificate(tmp_path), StillClock(), FakeStore()
    service.set(KEY, "40")
    async with served(service, file) as address:
        yield Rig(service, address, file, clock, MemoryStore(clock), Credential())


@pytest.fixture
async def process(rig: Rig) -> AsyncIterator[AppConfiguration]:
    one = rig.process()
    yield one
    await one._client.close()


async def test_values_are_asked_for_every_half_minute_and_sent_only_when_they_changed(
    rig: Rig, process: AppConfiguration
) -> None:
    found = await asyncio.gather(*(process.read() for _ in range(5)))
    assert found == [{KEY: "40"}] * 5
    assert rig.service.requests == ["GET /kv"]

    rig.clock.move(29)
    rig.service.set(KEY, "50")
    assert await process.read() == {KEY: "40"}
    rig.clock.move(1)
    assert await process.read() == {KEY: "50"}
    rig.clock.move(30)
    assert await process.read() == {KEY: "50"}
    assert (len(rig.service.requests), rig.service.unchanged) == (3, 1)
    assert set(rig.credential.scopes) == {"https://azconfig.io/.default"}


async def test_a_long_list_is_read_to_its_end(rig: Rig, process: AppConfiguration) -> None:
    rig.service.page_size = 2
    for number in range(5):
        rig.service.set(f"k{number}", str(number))

    assert await process.read() == {KEY: "40"} | {f"k{number}": str(number) for number in range(5)}
    assert len(rig.service.requests) == 3


async def test_a_list_that_outgrows_its_page_is_seen_to_grow(
    rig: Rig, process: AppConfiguration
) -> None:
    """A page that was full stays as it is when another comes after it."""
    for number in range(PAGE_SIZE - 1):
        rig.service.set(f"k{number}", str(number))
    assert len(await process.read()) == PAGE_SIZE

    rig.service.set("zoom", "1")
    rig.clock.move(30)

    assert (await process.read())["zoom"] == "1"


async def test_a_list_without_end_is_left_off(rig: Rig, process: AppConfiguration) -> None:
    rig.service.page_size = 1
    for number in range(MOST_PAGES + 5):
        rig.service.set(f"k{number}", str(number))

    assert len(await process.read()) == len(rig.service.requests) == MOST_PAGES


async def test_nobody_is_led_elsewhere_with_the_token(rig: Rig, process: AppConfiguration) -> None:
    rig.service.page_size, rig.service.elsewhere = 1, "https://elsewhere.example"
    rig.service.set("k", "1")

    assert await process.read() == {KEY: "40"}
    assert rig.service.requests == ["GET /kv"]


async def test_who_changed_a_setting_sees_the_change_at_once(
    rig: Rig, process: AppConfiguration
) -> None:
    await process.read()

    await process.put(STAFF, KEY, "7")

    assert await process.read() == {KEY: "7"}


async def test_a_service_that_takes_too_long_in_all_is_away(
    rig: Rig, process: AppConfiguration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "TOTAL_SECONDS", 0.0)

    with pytest.raises(ConfigurationAway, match="TimeoutError"):
        await process._client.all()


async def test_the_identity_is_let_go_of_with_the_connections() -> None:
    service = AppConfigurationClient("https://localhost:9", client_id="id-1")

    credential = service._identity.credential()

    await service.close()

    assert service._identity.credential() is not credential
    await service.close()


async def test_a_change_is_recorded_written_and_seen_by_every_process_in_half_a_minute(
    rig: Rig, process: AppConfiguration
) -> None:
    other = rig.process()
    await other.read()

    await process.put(STAFF, KEY, "7")

    assert rig.service.values == {KEY: "7"}
    assert await process.read() == {KEY: "7"}
    rig.clock.move(30)
    assert await other.read() == {KEY: "7"}
    document = await rig.store.get(Setting, KEY, SCOPE)
    assert document is not None
    assert document.value == "7"
    assert [(one.actor_id, one.entity_id) for one in rig.records()] == [(STAFF.user_id, KEY)]
    await other._client.close()


async def test_a_new_key_is_written_too_and_asking_twice_records_once(
    rig: Rig, process: AppConfiguration
) -> None:
    for _ in range(2):
        await process.put(STAFF, "feature.new_checkout", "true")

    assert rig.service.values == {KEY: "40", "feature.new_checkout": "true"}
    assert len(rig.records()) == 1


async def test_a_change_that_was_undone_in_the_portal_is_made_and_recorded_again(
    rig: Rig, process: AppConfiguration
) -> None:
    await process.put(STAFF, KEY, "7")
    rig.service.set(KEY, "50")

    await process.put(STAFF, KEY, "7")

    assert rig.service.values == {KEY: "7"}
    assert [one.entity_id for one in rig.records()] == [KEY, KEY]


async def test_of_two_changes_at_once_one_is_refused_and_both_places_agree(
    rig: Rig, process: AppConfiguration
) -> None:
    """The first is held up between its record and its write; the second passes it, the first must ask again."""
    other = rig.process()
    rig.service.before_write = asyncio.Event()
    first = asyncio.create_task(process.put(STAFF, KEY, "1"))
    await rig.service.writing.wait()
    gate, rig.service.before_write = rig.service.before_write, None
    await other.put(STAFF, KEY, "2")
    gate.set()

    with pytest.raises(VersionConflict):
        await first
    document = await rig.store.get(Setting, KEY, SCOPE)
    assert document is not None
    assert (document.value, rig.service.values[KEY]) == ("2", "2")
    await process.put(STAFF, KEY, "1")
    assert rig.service.values[KEY] == "1"
    await other._client.close()


async def test_a_locked_value_stays(rig: Rig, process: AppConfiguration) -> None:
    rig.service.locked.add(KEY)

    with pytest.raises(SettingLocked):
        await process.put(STAFF, KEY, "9")
    assert rig.service.values[KEY] == "40"


@pytest.mark.parametrize("status", [403, 500, 503])
async def test_old_values_hold_while_the_service_is_away(
    rig: Rig, process: AppConfiguration, status: int
) -> None:
    await process.read()
    rig.service.fail(status)
    rig.clock.move(100 * HOUR)

    assert await process.read() == {KEY: "40"}
    with pytest.raises(ConfigurationAway, match=f"was answered {status}"):
        await process.put(STAFF, KEY, "9")
    assert rig.records() == []


async def test_a_process_that_begins_meanwhile_goes_by_what_was_set_through_the_shop(
    rig: Rig, process: AppConfiguration
) -> None:
    await process.put(STAFF, KEY, "7")
    rig.service.fail(503)
    late = rig.process()

    assert await late.read() == {KEY: "7"}
    await late._client.close()


async def test_a_throttling_service_is_left_alone_for_as_long_as_it_says(
    rig: Rig, process: AppConfiguration
) -> None:
    await process.read()
    rig.service.fail(429, **{"retry-after-ms": "90000", "Retry-After": "1"})
    rig.clock.move(30)

    for wait in (0, 45, 44):
        rig.clock.move(wait)
        assert await process.read() == {KEY: "40"}
    assert len(rig.service.requests) == 2
    rig.service.fail(0)
    rig.service.set(KEY, "50")
    rig.clock.move(1)
    assert await process.read() == {KEY: "50"}


async def test_who_has_the_wrong_token_reads_and_writes_nothing(
    rig: Rig, process: AppConfiguration
) -> None:
    rig.credential.token = "stolen"

    assert await process.read() == {}
    with pytest.raises(ConfigurationAway, match="was answered 401"):
        await process.put(STAFF, KEY, "9")
    assert (rig.service.values, rig.service.requests) == ({KEY: "40"}, [])


async def test_a_service_that_is_not_there_is_away(rig: Rig) -> None:
    nowhere = AppConfigurationClient("https://localhost:9", credential=rig.credential)

    with pytest.raises(ConfigurationAway, match="ConnectError"):
        await nowhere.all()
    await nowhere.close()


def test_the_service_is_chosen_by_its_address() -> None:
    clock = StillClock()
    store = MemoryStore(clock)
    named = {"APP_CONFIGURATION_ENDPOINT": "https://shop.azconfig.io"}

    assert isinstance(configuration_of(store, clock, {}), StoreConfiguration)
    assert isinstance(configuration_of(store, clock, named), AppConfiguration)
    with pytest.raises(BadSettings, match="APP_CONFIGURATION_ENDPOINT is no https address: 'x'"):
        configuration_of(store, clock, {"APP_CONFIGURATION_ENDPOINT": "x"})
