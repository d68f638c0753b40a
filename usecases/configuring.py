"""What administrators do with settings and flags: look at them all, change one."""

from typing import Annotated

from pydantic import Field, StrictBool, StrictFloat, StrictInt, StrictStr

from domain.access import Caller
from domain.entity import Command
from domain.errors import Invalid, NotFound
from domain.model import View
from usecases.again import again
from usecases.flags import FLAGS, KINDS, MOST_LETTERS, AnyFlag, Value
from usecases.shop import Shop


class SettingNotFound(NotFound):
    """No setting has that key; ``GET /api/admin/config`` lists them."""

    code = "SETTING_NOT_FOUND"
    message = "There is no such setting."


class BadValue(Invalid):
    """The value has not the type of the setting, or is out of its bounds."""

    code = "INVALID_SETTING"
    message = "The setting cannot have this value."


type JsonValue = (
    StrictBool | StrictInt | StrictFloat | Annotated[StrictStr, Field(max_length=MOST_LETTERS)]
)


class ChangeSetting(Command):
    """The value that it shall have."""

    value: JsonValue


class SettingLine(View):
    """A setting: what it is, what it would be by itself, and what is wrong with what somebody wrote elsewhere.

    ``least`` and ``most`` are the bounds of a number, both included.
    """

    key: str
    type: str
    value: JsonValue
    default: JsonValue
    is_default: bool
    least: float | None
    most: float | None
    meaning: str
    fault: str


class SettingLines(View):
    """All of them, in one page: the list is the shop's own and short."""

    items: tuple[SettingLine, ...]


async def list_settings(shop: Shop) -> SettingLines:
    """Every setting with its present value. Raises ``PortFault`` where nothing is known, so that no default lies."""
    kept = await shop.configuration.read()
    return SettingLines(items=tuple(_line(shop, one, kept.get(key)) for key, one in FLAGS.items()))


async def change_setting(shop: Shop, by: Caller, key: str, command: ChangeSetting) -> SettingLine:
    """Set a value; every process goes by it within half a minute. Safe to repeat: a value is set, not moved.

    Raises ``SettingNotFound``, ``BadValue``, ``SettingLocked`` and ``Contended``.
    """
    flag = FLAGS.get(key)
    if flag is None:
        raise SettingNotFound(key=key)
    if fault := flag.fault_of(command.value):
        raise BadValue(fields=[{"field": "value", "message": fault}])
    text = flag.text_of(command.value)
    await again(shop, lambda: shop.configuration.put(by, key, text))
    return _line(shop, flag, text)


def _line(shop: Shop, flag: AnyFlag, text: str | None) -> SettingLine:
    default: Value = flag.default_in(shop.settings)
    value: Value | None = None if text is None else flag.value_of(text)
    is_bad = text is not None and value is None
    return SettingLine(
        key=flag.key,
        type=KINDS[flag.kind],
        value=default if value is None else value,
        default=default,
        is_default=value is None,
        least=flag.least,
        most=flag.most,
        meaning=flag.meaning,
        fault="what is kept is no value of this setting: the default holds" if is_bad else "",
    )
