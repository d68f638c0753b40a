"""Where Redis is."""

import pytest

from adapters.environment import BadSettings
from adapters.redis.settings import RedisSettings, redis_settings


def test_without_a_host_no_redis_is_meant() -> None:
    assert redis_settings({"AZURE_CLIENT_ID": "id"}) is None


def test_in_azure_the_identity_signs_in_over_tls() -> None:
    settings = redis_settings({"REDIS_HOST": "shop.redis.azure.net", "AZURE_CLIENT_ID": "id"})

    assert settings == RedisSettings("shop.redis.azure.net", 10_000, client_id="id")
    assert settings.signs_in


def test_a_password_takes_its_place_and_is_never_shown() -> None:
    settings = redis_settings(
        {"REDIS_HOST": "shop", "REDIS_PORT": "6380", "REDIS_PASSWORD": "hush"}
    )

    assert settings == RedisSettings("shop", 6380, "hush")
    assert not settings.signs_in
    assert "hush" not in repr(settings)


def test_on_this_machine_a_server_may_be_spoken_to_in_the_clear() -> None:
    given = {"REDIS_HOST": "127.0.0.1", "REDIS_PORT": "6379", "REDIS_TLS": "false"}

    settings = redis_settings(given)

    assert settings == RedisSettings("127.0.0.1", 6379, is_encrypted=False)
    assert not settings.signs_in


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"REDIS_TLS": "false"}, "REDIS_HOST is missing, while REDIS_TLS is set"),
        (
            {"REDIS_HOST": "far.away", "REDIS_TLS": "false"},
            "REDIS_TLS is false, and REDIS_HOST is not on this machine: far.away",
        ),
        (
            {"REDIS_HOST": "shop.redis.azure.net:10000"},
            "REDIS_HOST is no host name: 'shop.redis.azure.net:10000'; its port is REDIS_PORT",
        ),
        ({"REDIS_HOST": "shop", "REDIS_TLS": "off"}, "REDIS_TLS is true or false, not 'off'"),
        ({"REDIS_HOST": "shop", "REDIS_PORT": "0"}, "REDIS_PORT is no port: '0'"),
        ({"REDIS_HOST": "shop", "REDIS_PORT": "ten"}, "REDIS_PORT is no port: 'ten'"),
    ],
)
def test_what_is_wrong_is_named(given: dict[str, str], told: str) -> None:
    with pytest.raises(BadSettings) as refusal:
        redis_settings(given)

    assert str(refusal.value) == told
