"""Settings and flags as administrators see them."""

from blueprints._area import Area
from blueprints._endpoint import Call, endpoint
from domain.setting import SettingLocked
from usecases import configuring
from usecases.again import Contended
from usecases.configuring import (
    BadValue,
    ChangeSetting,
    SettingLine,
    SettingLines,
    SettingNotFound,
)

area = Area("admin_config")


@endpoint(area, "GET", "api/admin/config", may="config:administer", returns=SettingLines)
async def list_settings(call: Call[None]) -> SettingLines:
    """Every setting and flag with its type, default, bounds and present value."""
    return await configuring.list_settings(call.shop)


@endpoint(
    area,
    "PUT",
    "api/admin/config/{key}",
    may="config:administer",
    body=ChangeSetting,
    returns=SettingLine,
    raises=(SettingNotFound, BadValue, SettingLocked, Contended),
)
async def change_setting(call: Call[ChangeSetting]) -> SettingLine:
    """Change one: validated, audited, and in force everywhere within half a minute, without a restart."""
    return await configuring.change_setting(call.shop, call.who, call.path["key"], call.body)
