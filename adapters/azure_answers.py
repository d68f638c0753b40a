"""What an Azure service's refusal says about when to come back."""

from collections.abc import Mapping


def retry_after_of(headers: Mapping[str, str]) -> float:
    """Seconds, from ``retry-after-ms`` or ``Retry-After`` (a number of seconds); 0 where neither can be read."""
    for name, scale in (("retry-after-ms", 1000), ("Retry-After", 1)):
        text = headers.get(name, "")
        if text.isascii() and text.isdecimal():
            return int(text[:9]) / scale
    return 0.0
