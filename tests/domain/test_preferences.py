"""What people wish of the shop."""

from datetime import timedelta

from domain.preferences import Notifications, Preferences
from domain.user import User
from tests.domain.samples import LATER, NOON

CHOSEN = Preferences(
    newsletter_opt_in=True,
    notifications=Notifications(sms_shipping=True),
    language="pt-BR",
    currency="USD",
)


def user(preferences: Preferences | None) -> User:
    return User(
        id="u-1",
        user_id="u-1",
        issuer="i",
        subject="s",
        preferences=preferences,
        created_at=NOON,
        updated_at=NOON,
        last_login=NOON,
    )


def test_nobody_gets_advertising_who_never_asked_for_it() -> None:
    assert Preferences().model_dump() == {
        "newsletter_opt_in": False,
        "notifications": {"email_marketing": False, "email_orders": True, "sms_shipping": False},
        "language": "en",
        "currency": "",
    }


def test_what_is_wanted_takes_the_place_of_what_was_whole() -> None:
    assert CHOSEN.replaced_by(Preferences(language="de")) == Preferences(language="de")


def test_what_another_release_has_written_beside_it_stays() -> None:
    newer = Preferences.model_validate(
        {"theme": "dark", "notifications": {"push": True}, "language": "de"}
    )

    kept = newer.replaced_by(CHOSEN).model_dump()

    assert (kept.pop("theme"), kept["notifications"].pop("push")) == ("dark", True)
    assert kept == CHOSEN.model_dump()


def test_who_never_chose_has_none_in_the_record() -> None:
    assert "preferences" not in user(None).document()
    assert User.of_document(user(CHOSEN).document(), "1").preferences == CHOSEN


def test_an_erased_account_forgets_them_and_the_audit_never_knew_them() -> None:
    assert user(CHOSEN).erased(LATER + timedelta(days=1)).preferences is None
    assert "preferences" in User.personal
