"""Tracking numbers in each carrier's real format, with its check digit."""

UPS_SHIPPER = "HPH001"
USPS_MAILER = "899223000"


def fedex(serial: int) -> str:
    """FedEx Express, 12 digits: weights 3, 1, 7 from the left, the sum modulo 11, ten counts as zero."""
    body = f"{serial % 10**11:011d}"
    weighted = sum(int(digit) * (3, 1, 7)[place % 3] for place, digit in enumerate(body))
    return f"{body}{weighted % 11 % 10}"


def ups(serial: int) -> str:
    """UPS, ``1Z``, shipper, service 01 (Next Day Air), seven digits: each second digit counts double."""
    body = f"{UPS_SHIPPER}01{serial % 10**7:07d}"
    return f"1Z{body}{ups_check_digit(body)}"


def ups_check_digit(body: str) -> int:
    """The check digit of the 15 characters after ``1Z``; a letter counts as the last digit of its code less 63."""
    values = [int(sign) if sign.isdigit() else (ord(sign) - 63) % 10 for sign in body]
    return -(sum(values[0::2]) + 2 * sum(values[1::2])) % 10


def usps(serial: int) -> str:
    """USPS, 22 digits (IMpb): 94, service 001, mailer, seven digits; weights 3, 1 from the right."""
    body = f"94001{USPS_MAILER}{serial % 10**7:07d}"
    return f"{body}{usps_check_digit(body)}"


def usps_check_digit(body: str) -> int:
    """The MOD 10 check digit of everything before it."""
    digits = [int(digit) for digit in reversed(body)]
    return -(3 * sum(digits[0::2]) + sum(digits[1::2])) % 10
