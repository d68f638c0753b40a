"""A setting or flag that may change while the shop runs."""

from typing import ClassVar

from domain.entity import Audited
from domain.errors import Conflict


class Setting(Audited):
    """One value of one scope, as text; the embedded end of the configuration service."""

    kind: ClassVar[str] = "setting"
    container: ClassVar[str] = "Settings"
    partition_field: ClassVar[str] = "scope"

    scope: str
    value: str


class SettingLocked(Conflict):
    """The service that keeps the setting was told to let nobody change it."""

    code = "SETTING_LOCKED"
    message = "The setting is locked where it is kept; unlock it there first."
