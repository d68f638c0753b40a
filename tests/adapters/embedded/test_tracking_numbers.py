import pytest

from adapters.embedded.tracking_numbers import fedex, ups, ups_check_digit, usps, usps_check_digit


@pytest.mark.parametrize("number", ["986578788855", "477179081230", "799531274483", "790535312317"])
def test_published_fedex_numbers_come_out(number: str) -> None:
    assert fedex(int(number[:11])) == number


@pytest.mark.parametrize(
    "number",
    ["1Z999AA10123456784", "1Z5R89390357567127", "1Z879E930346834440", "1ZXX3150YW44070023"],
)
def test_published_ups_numbers_have_our_check_digit(number: str) -> None:
    assert ups_check_digit(number[2:17]) == int(number[17])


@pytest.mark.parametrize(
    "number", ["9205590164917312751089", "9400110200881269505160", "9361289878700317633795"]
)
def test_published_usps_numbers_have_our_check_digit(number: str) -> None:
    assert usps_check_digit(number[:21]) == int(number[21])


def test_a_serial_of_any_size_makes_a_number_of_the_right_shape() -> None:
    assert fedex(10**15 + 7) == "000000000077"
    assert ups(10**15 + 7) == f"1ZHPH001010000007{ups_check_digit('HPH001010000007')}"
    assert usps(10**15 + 7) == f"940018992230000000007{usps_check_digit('940018992230000000007')}"
    assert len(ups(7)) == 18
    assert len(usps(7)) == 22
