"""Webhooks as values, with real payloads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textbank.errors import InvalidInput
from textbank.twilio.signature import parameters
from textbank.twilio.webhooks import InboundWebhook, Media, StatusWebhook, parse_inbound, parse_status

INBOUND = (
    b"ToCountry=US&ToState=CA&SmsMessageSid=SM1&NumMedia=0&ToCity=&FromZip=94103&SmsSid=SM1&FromState=CA"
    b"&SmsStatus=received&FromCity=SAN+FRANCISCO&Body=I%27ll+be+there+%F0%9F%91%8D&FromCountry=US&To=%2B15005550006"
    b"&MessagingServiceSid=MG1&ToZip=&NumSegments=2&MessageSid=SM1&AccountSid=AC1&From=%2B14155551212"
    b"&ApiVersion=2010-04-01&FieldOfNextYear=yes"
)
STATUS = (
    b"ErrorCode=30006&ApiVersion=2010-04-01&MessageStatus=undelivered&RawDlrDoneDate=2611211830&SmsSid=SM2"
    b"&SmsStatus=undelivered&To=%2B14155551212&From=%2B15005550006&MessageSid=SM2&AccountSid=AC1"
    b"&ChannelStatusMessage=x"
)


def test_an_inbound_text_is_read() -> None:
    assert parse_inbound(parameters(INBOUND)) == InboundWebhook(
        sid="SM1",
        account_sid="AC1",
        from_="+14155551212",
        to="+15005550006",
        body="I'll be there 👍",
        service="MG1",
        segments=2,
        media=(),
        opt_out_type=None,
    )


def test_pictures_come_with_their_types() -> None:
    more = (
        b"&NumMedia=2&MediaUrl0=https%3A%2F%2Fapi.twilio.com%2Fa&MediaContentType0=image%2Fjpeg"
        b"&MediaUrl1=https%3A%2F%2Fapi.twilio.com%2Fb&MediaContentType1=text%2Fvcard"
    )
    form = parameters(INBOUND.replace(b"NumMedia=0&", b"") + more)
    assert parse_inbound(form).media == (
        Media("https://api.twilio.com/a", "image/jpeg"),
        Media("https://api.twilio.com/b", "text/vcard"),
    )


def test_more_pictures_than_twilio_allows_are_not_looked_for() -> None:
    form = parameters(INBOUND.replace(b"NumMedia=0", b"NumMedia=999999999"))
    assert parse_inbound(form).media == ()


def test_an_opt_out_that_twilio_answered_says_so() -> None:
    assert parse_inbound(parameters(INBOUND + b"&OptOutType=STOP")).opt_out_type == "STOP"


def test_a_text_without_words_is_a_text() -> None:
    form = parameters(INBOUND.replace(b"Body=I%27ll+be+there+%F0%9F%91%8D&", b""))
    assert parse_inbound(form).body == ""


def test_a_status_callback_is_read() -> None:
    assert parse_status(parameters(STATUS)) == StatusWebhook(
        sid="SM2",
        account_sid="AC1",
        status="undelivered",
        error_code=30006,
        from_="+15005550006",
        to="+14155551212",
    )


def test_a_status_without_an_error_has_none() -> None:
    form = parameters(STATUS.replace(b"ErrorCode=30006&", b""))
    assert parse_status(form).error_code is None


@pytest.mark.parametrize("missing", ["AccountSid", "From", "To"])
def test_an_inbound_text_that_lacks_a_field_is_refused_by_name(missing: str) -> None:
    form = parameters(INBOUND)
    del form[missing]
    with pytest.raises(InvalidInput, match=missing):
        parse_inbound(form)


@pytest.mark.parametrize("missing", ["AccountSid", "To"])
def test_a_status_that_lacks_a_field_is_refused_by_name(missing: str) -> None:
    form = parameters(STATUS)
    del form[missing]
    with pytest.raises(InvalidInput, match=missing):
        parse_status(form)


@given(st.binary(max_size=300))
def test_garbage_is_refused_and_breaks_nothing_else(body: bytes) -> None:
    form = parameters(body)
    for parse in (parse_inbound, parse_status):
        with pytest.raises(InvalidInput):
            parse(form)
