"""Where a sender's texts really go, and what is wrong with it."""

import pytest

from textbank.twilio.configure_webhooks import Fault, Pointing, inbound_url
from textbank.twilio.verify_account import kind_of

WANTED = inbound_url("https://text.example.org/")
BARE = WANTED.partition("#")[0]
OTHER = "https://other.example.org/sms"


@pytest.mark.parametrize(
    ("pointing", "fault"),
    [
        (Pointing("+1", WANTED, WANTED, "POST"), None),
        (Pointing("+1", "", "", "POST"), "missing"),
        (Pointing("+1", OTHER, "", "POST"), "elsewhere"),
        (Pointing("+1", BARE, BARE, "POST"), "no_retries"),
        (Pointing("+1", WANTED, "", "POST"), "fallback"),
        (Pointing("+1", WANTED, OTHER, "POST"), "fallback"),
        (Pointing("+1", WANTED, WANTED, "GET"), "method"),
        (Pointing("+1", OTHER, WANTED, "POST", service="MG1"), "service"),
        (Pointing("+1", "", "", "POST", service="MG1"), "service"),
        (Pointing("+1", WANTED, WANTED, "POST", application="AP1"), "application"),
    ],
)
def test_the_worst_fault_is_named(pointing: Pointing, fault: Fault | None) -> None:
    assert pointing.fault(WANTED) == fault


def test_the_address_asks_for_retries_on_errors_and_slowness() -> None:
    assert WANTED == "https://text.example.org/webhooks/twilio/inbound#rc=3&rp=ct,rt,5xx"


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("+14155550100", "long_code"),
        ("+18445550177", "toll_free"),
        ("72345", "short_code"),
        ("MG" + "0" * 32, "messaging_service"),
    ],
)
def test_what_kind_of_sender_an_address_is(address: str, kind: str) -> None:
    assert kind_of(address) == kind
