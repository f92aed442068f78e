"""Texts that come in at a steady rate, each from another phone, whatever is up or down on our side."""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.factories.audit import blasts_to
from tests.factories.city import City, until
from tests.faults.stops import INBOUND
from textbank.messaging.protocol import PERMIT_WRITE_SECONDS

_STORED = """
select c.sid, r.e164, m.body, extract(epoch from m.created_at)::float8 as filed_at,
  r.suppressed_at is not null as suppressed
from message m join recipient r on r.id = m.recipient_id left join carrier_message c on c.message_id = m.id
where m.direction = 'in'
"""


@dataclass(frozen=True, slots=True)
class Sent:
    """A text as the carrier got it."""

    phone: str
    words: str
    at: float
    ago: float


class Arrivals:
    """Every fifth phone says STOP, every twentieth JOIN, the others write to a person."""

    def __init__(self, city: City, phones: Sequence[str], *, rate: float) -> None:
        self._city, self._phones, self._rate = city, phones, rate
        self._next = 0
        self.sent: dict[str, Sent] = {}
        """By the carrier's id."""

    @property
    def stopped(self) -> list[str]:
        """Who said STOP."""
        return [one.phone for one in self.sent.values() if one.words == "STOP"]

    async def come(self, seconds: float, *, as_long_ago: float = 0.0) -> None:
        """For so many seconds. `as_long_ago` makes them as many as the carrier's clock shows."""
        began = time.monotonic()
        async with asyncio.TaskGroup() as texting:
            for number in range(round(seconds * self._rate)):
                due = began + number / self._rate
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                ago = as_long_ago * (1 - number / (seconds * self._rate))
                texting.create_task(self._text(self._next, ago))
                self._next += 1

    async def _text(self, number: int, ago: float) -> None:
        phone, words = self._phones[number], _words(number)
        at = time.time()
        told = await self._city.text(phone, words, seconds_ago=ago)
        self.sent[told["sid"]] = Sent(phone, words, at, ago)

    async def until_told(self) -> None:
        """Wait until the carrier has given up or been answered for each of them."""

        async def ended() -> bool:
            return (await self._city.carrier("health"))["inbound_under_way"] == 0

        await until(ended, seconds=60)

    async def until_filed(self, seconds: float) -> dict[str, float]:
        """Wait until each is stored, and check that it is so once and whole; when each was, by id."""
        missing = set(self.sent)

        async def all_filed() -> bool:
            rows = await self._city.rows("select sid from carrier_message where sid = any($1)", list(missing))
            missing.difference_update(row["sid"] for row in rows)
            return not missing

        try:
            await until(all_filed, seconds=seconds, every=0.5)
        except TimeoutError:
            raise AssertionError(f"{len(missing)} of {len(self.sent)} texts were never stored") from None
        rows = await self._city.rows(_STORED)
        assert len(rows) == len(self.sent), "a text is stored twice"
        for row in rows:
            sent = self.sent[row["sid"]]
            assert (row["e164"], row["body"]) == (sent.phone, sent.words)
            assert row["suppressed"] == (sent.words == "STOP"), dict(row)
        return {row["sid"]: row["filed_at"] for row in rows}

    async def answered(self, filed: Mapping[str, float]) -> set[str]:
        """The carrier's ids of those whose webhook was answered 2xx, each after it had been filed.

        What was lost after its answer and read from the carrier's list would have been filed later.
        """
        by_phone = {one.phone: sid for sid, one in self.sent.items()}
        log = await self._city.wires["webhooks"].log()
        answers = [one for one in log if one["path"] == INBOUND and one["status"] == 200]
        for one in answers:
            assert filed[by_phone[one["from_"]]] < one["answered_at"], "a text was lost after its answer"
        return {by_phone[one["from_"]] for one in answers}


def _words(number: int) -> str:
    if number % 5 == 0:
        return "STOP"
    return "JOIN" if number % 20 == 1 else f"Is there parking behind building number {number}?"


async def assert_nothing_we_start_left_before(
    city: City, away_at: float, missed: Sequence[Sent], filed: Sequence[float]
) -> None:
    """From the moment we went deaf until the last text that was missed is filed, no blast text left."""
    assert len(missed) == len(filed) > 0
    left = [at for times in blasts_to(await city.wire.log()).values() for at in times]
    between = [at for at in left if away_at + PERMIT_WRITE_SECONDS < at < max(filed)]
    assert not between, f"{len(between)} texts left before {len(missed)} that had come in were filed"
    assert min(left) < away_at, "the blast had not begun"
    assert max(left) > max(filed), "the blast was over already"


async def assert_one_confirmation_at_most(city: City, stopped: Sequence[str], words: str) -> Counter[str]:
    """Of our opt-out confirmations the carrier has one at most for each; returns how many each got."""
    got = Counter(
        one["to"] for one in await city.dump() if one["direction"] == "outbound-api" and one["body"] == words
    )
    assert not [phone for phone, times in got.items() if times > 1]
    assert set(got) <= set(stopped)
    return got
