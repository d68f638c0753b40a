"""A setting."""

from domain.setting import Setting


def test_a_setting_lies_under_its_scope_and_is_audited() -> None:
    setting = Setting(id="returns", scope="flags", value="on")

    assert (setting.partition, setting.container, setting.audited) == ("flags", "Settings", True)
