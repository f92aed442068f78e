"""Twilio's numbers and what we do about each: the table, checked as a table."""

import pytest

from textbank.sms.carrier_errors import ErrorClass
from textbank.twilio import error_codes
from textbank.twilio.client import TwilioCarrier
from textbank.twilio.error_codes import classify_error

EXPECTED = {
    20003: "halt_account",
    30002: "halt_account",
    63038: "halt_account",
    21606: "halt_sender",
    21703: "rest_sender",
    30024: "halt_sender",
    30032: "halt_sender",
    30035: "rest_sender",
    30034: "registration",
    21610: "suppress",
    30004: "suppress_on_repeat",
    21211: "dead_number",
    21614: "dead_number",
    30006: "dead_number",
    30005: "dead_on_repeat",
    30003: "retry_once",
    30008: "retry_once",
    20429: "slow_down",
    30022: "slow_down",
    30023: "day_full",
    30036: "slow_down",
    30025: "day_half_used",
    30026: "day_mostly_used",
    30027: "day_full",
    30007: "filtered",
    21617: "content",
    21612: "route",
    30610: "legal",
    11200: "our_webhook",
    30502: "registration",
    20503: "ambiguous",
    99999: "give_up",
    0: "give_up",
}


@pytest.mark.parametrize(("code", "action"), EXPECTED.items())
def test_each_number_asks_for_its_action(code: int, action: str) -> None:
    assert classify_error(code) == action
    assert TwilioCarrier("AC1", "token").error_class(code) is classify_error(code)


def test_no_number_stands_in_two_classes() -> None:
    listed = [code for codes in error_codes._CODES.values() for code in codes]
    assert len(listed) == len(set(listed))


def test_every_class_but_the_last_resort_has_numbers() -> None:
    assert set(ErrorClass) - set(error_codes._CODES) == {ErrorClass.GIVE_UP}
