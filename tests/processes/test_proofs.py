"""The experiments of ``tools/proofs`` with whole hosts, in a small size each; ``make proof`` runs them in full."""

from dataclasses import replace

import pytest

from tools.proofs import faults, flash_sale, hosts, kills, once, untold, webhooks
from tools.proofs.busy_day import Size
from tools.proofs.customers import UNTOLD

CARTS = 2
ROBBED = 1
DAY = Size(customers=11, at_once=11)
"""One customer of each kind."""

KILLS = 3
COMMITS = (6, 12)
FILES = ("corrupt", "foreign", "newer")
EVERYTHING = "all together"

pytestmark = pytest.mark.timeout(120)


def test_twenty_pieces_make_twenty_orders_of_two_hundred_buyers() -> None:
    assert flash_sale.prove(flash_sale.SMALL).startswith(
        "200 buyers of 20 pieces on 2 hosts: 20 orders, 180 times 409 OUT_OF_STOCK, no 5xx"
    )


def test_many_clicks_make_one_order_one_payment_and_one_charge() -> None:
    assert "one order, one payment and one charge each" in once.prove(CARTS)


def test_nobody_but_the_network_marks_an_order_as_paid() -> None:
    assert "changed nothing" in webhooks.prove(ROBBED)


def test_a_network_whose_webhooks_never_arrive_loses_doubles_and_blocks_nothing() -> None:
    day = replace(DAY, customers=len(UNTOLD), at_once=len(UNTOLD))
    assert "facts heard by comparison alone" in untold.prove("webhooks=1", day)


def test_all_faults_of_the_hubs_together_lose_double_and_block_nothing() -> None:
    assert faults.prove(faults.EXPERIMENTS[EVERYTHING], DAY).startswith("11 orders")


def test_hosts_that_are_killed_lose_double_and_block_nothing() -> None:
    assert kills.prove_kills(DAY, KILLS).startswith(f"{KILLS} times kill -9")


def test_a_host_that_dies_right_after_a_commit_loses_nothing() -> None:
    assert kills.prove_crashes(COMMITS).startswith("crashed after 2 different commits")


def test_hosts_share_their_work_hand_it_over_and_remember() -> None:
    assert "the order was remembered" in hosts.prove_sharing()


def test_a_damaged_foreign_or_newer_file_is_refused_and_not_touched() -> None:
    assert "untouched" in hosts.prove_refusals(FILES)
