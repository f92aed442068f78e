"""Promise 1 in any order of events: hypothesis looks for one that lets a text leave after a STOP.

A small model says who has stopped; PostgreSQL and the product's own statements say who is permitted. Times
of texts are the carrier's, set by the machine, so that a START may come late, early or at the same second.
"""

import asyncio
import uuid
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as limits
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.promises.desk import OPEN, Claim, Desk
from textbank import clock
from textbank.database import Database
from textbank.errors import Conflict
from textbank.inbound.come_back import come_back
from textbank.inbound.inbound_text import InboundText
from textbank.inbound.receive import Incoming
from textbank.messaging.claim import take_back_lapsed_claims
from textbank.messaging.permit import Permit
from textbank.messaging.purpose import Purpose
from textbank.messaging.record_outcomes import Handed, record_outcomes
from textbank.settings import Settings
from textbank.sms.carrier import Accepted, Carrier, NotSent
from textbank.web.webhooks.texts import Texts

T = TypeVar("T")
PHONES = ("+15105550123", "+15105550124")
PERSON = st.sampled_from(PHONES)
SECOND = st.integers(0, 40)


@dataclass
class Person:
    """What the model knows of somebody."""

    stops: list[int] = field(default_factory=list)
    """The carrier's seconds of the STOPs since they last came back; empty if texts may leave."""
    latest_stop: int = -1
    """The latest of all their STOPs, also of those that a START has answered."""
    since_stop: set[int] = field(default_factory=set)
    """Messages queued after the latest STOP."""


async def nobody(_organization: int, _account: int) -> Carrier:
    return None  # type: ignore[return-value] # every text has its time, so nobody is asked


class Machine(RuleBasedStateMachine):
    """One organization, two people, and everything that can happen to their texts."""

    runner: asyncio.Runner
    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.base = clock.now() - timedelta(seconds=60)
        unique = uuid.uuid4().hex
        self.desk = self.run(Desk.found(self.database, f"Union {unique}", account_sid=f"AC{unique}"))
        self.people = {phone: Person() for phone in PHONES}
        self.ids = {phone: self.run(self.desk.person(phone)) for phone in PHONES}
        self.claims: list[Claim] = []
        self.flying: list[Permit] = []

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def hear(self, phone: str, body: str, second: int) -> None:
        self.run(self.desk.hear(phone, body, carrier_time=self.base + timedelta(seconds=second)))

    def newest(self) -> int:
        [(newest,)] = self.run(self.desk.query("select coalesce(max(id), 0) from message"))
        return int(newest)

    @rule(phone=PERSON, second=SECOND, body=st.sampled_from(["STOP", "stop all", "wrong number"]))
    def stop(self, phone: str, second: int, body: str) -> None:
        person = self.people[phone]
        self.hear(phone, body, second)
        person.stops.append(second)
        person.latest_stop = max(person.latest_stop, second)
        person.since_stop.clear()

    @rule(phone=PERSON, second=SECOND, body=st.sampled_from(["START", "unstop", "JOIN"]))
    def start(self, phone: str, second: int, body: str) -> None:
        person = self.people[phone]
        self.hear(phone, body, second)
        self.run(come_back(self.desk.database, self.desk.organization_id, nobody))
        if not person.stops or second <= max(person.stops):
            return
        # Between a STOP that an earlier START has answered and one that was heard late, silence is as right.
        if second > person.latest_stop or not self.suppressed(phone):
            person.stops.clear()

    @rule(phone=PERSON, stop=SECOND, start=SECOND, also=st.booleans())
    def both_at_once(self, phone: str, stop: int, start: int, also: bool) -> None:
        """A STOP and a START in one moment: filed by one web process in whichever order it takes them."""
        said = [("STOP", stop), ("START", start)] + [("Could you tell me what this is about?", start)] * also
        incoming = [
            Incoming(
                self.desk.address,
                InboundText(
                    sid=f"SM{uuid.uuid4().hex}",
                    from_=phone,
                    to="",
                    body=body,
                    carrier_time=self.base + timedelta(seconds=second),
                ),
            )
            for body, second in said
        ]

        async def work() -> None:
            texts = Texts(self.database)
            await asyncio.gather(*(texts.file(one) for one in incoming))
            await come_back(self.desk.database, self.desk.organization_id, nobody)

        self.run(work())
        person = self.people[phone]
        person.stops.append(stop)
        person.latest_stop = max(person.latest_stop, stop)
        person.since_stop.clear()
        # A START that was filed first had nothing to answer; then silence is as right.
        if start > max(person.stops) and not self.suppressed(phone):
            person.stops.clear()

    def suppressed(self, phone: str) -> bool:
        found = "select 1 from recipient where e164 = :phone and suppressed_at is not null"
        return bool(self.run(self.desk.query(found, phone=phone)))

    @rule(phone=PERSON, second=SECOND)
    def ask_for_help(self, phone: str, second: int) -> None:
        before = self.newest()
        self.hear(phone, "HELP", second)
        rows = self.run(
            self.desk.query("select id from message where id > :b and direction = 'out'", b=before)
        )
        self.people[phone].since_stop |= {row[0] for row in rows}

    @rule(phone=PERSON)
    def subscribe(self, phone: str) -> None:
        self.run(self.desk.subscribe(phone))

    @rule()
    def launch_a_blast(self) -> None:
        try:
            self.run(self.desk.launch())
        except Conflict:
            return  # nobody on the list

    @rule(phone=PERSON, purpose=st.sampled_from(["reply", "first_text", "keyword_answer", "start_answer"]))
    def queue(self, phone: str, purpose: Purpose) -> None:
        self.run(self.desk.queue(self.ids[phone], purpose, place=OPEN))

    @rule(texts=st.integers(1, 4))
    def claim(self, texts: int) -> None:
        self.claims.append(self.run(self.desk.claim(texts=texts)))

    @rule()
    def a_lease_lapses(self) -> None:
        async def work() -> None:
            await self.desk.execute("update outbox set claimed_at = now() - interval '16 seconds'")
            async with self.desk.database.transaction(self.desk.organization_id) as session:
                await take_back_lapsed_claims(session, self.desk.organization_id)

        self.run(work())

    @rule(data=st.data())
    def ask_for_permits(self, data: st.DataObject) -> None:
        """Of any claim ever made, as a worker does that froze in between."""
        if self.claims:
            self.ask(data.draw(st.sampled_from(self.claims)))

    @rule()
    def claim_and_ask(self) -> None:
        """As a worker does that nothing holds up."""
        self.ask(self.run(self.desk.claim()))

    def ask(self, claimed: Claim) -> None:
        # Caps would keep nearly all of it with us, and leave nothing for a STOP to stop.
        self.run(self.desk.execute("update recipient set started = '{}'"))
        answer = self.run(self.desk.ask(claimed))
        self.flying += answer.permits
        asked = self.run(
            self.desk.query(
                "select m.id, m.purpose, r.e164 from message m join recipient r on r.id = m.recipient_id "
                "where m.id = any(:messages)",
                messages=[*answer.refused, *(one.message_id for one in answer.permits)],
            )
        )
        for message, purpose, phone in asked:
            self.judge(message, purpose, self.people[phone], answer.refused.get(message, "go"))

    def judge(self, message: int, purpose: Purpose, person: Person, verdict: str) -> None:
        if verdict == "go" and person.stops and purpose != "opt_out_confirmation":
            assert purpose == "help_answer", f"{purpose} was permitted after a STOP"
            assert message in person.since_stop, "the HELP was older than the STOP"
        if verdict != "go":
            assert verdict in ("suppressed", "no_basis", "cap"), verdict
            assert verdict != "cap" or purpose in ("blast", "first_text"), purpose
            assert verdict in ("no_basis", "cap") or person.stops, "refused without a STOP"

    @rule(sent=st.booleans())
    def calls_end(self, sent: bool) -> None:
        ended = [
            Handed(
                one.attempt_id,
                one.message_id,
                Accepted(f"SM{one.attempt_id}", "queued") if sent else NotSent("the permit ran out"),
            )
            for one in self.flying
        ]

        async def work() -> None:
            async with self.desk.database.transaction(self.desk.organization_id) as session:
                await record_outcomes(session, self.desk.organization_id, ended)
            await self.desk.execute("update outbox set due_at = now()")

        self.run(work())
        self.flying.clear()

    @invariant()
    def the_rows_say_what_the_model_says(self) -> None:
        rows = self.run(
            self.desk.query(
                """
                select r.e164, r.suppressed_at is not null, count(s.id) filter (where s.lifted_at is null),
                  count(s.id) - (select count(*) from message m where m.recipient_id = r.id
                    and m.purpose = 'opt_out_confirmation')
                from recipient r left join suppression s on s.recipient_id = r.id
                group by r.organization_id, r.id
                """
            )
        )
        for phone, suppressed, opened, unconfirmed in rows:
            assert suppressed == bool(self.people[phone].stops), phone
            assert opened == int(suppressed), phone
            assert unconfirmed >= 0, "a suppression was confirmed twice"


@pytest.mark.timeout(600)  # what is found is made shorter before it is shown
def test_no_order_of_events_lets_a_text_leave_after_a_stop(settings: Settings) -> None:
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:

        async def opened() -> Database:
            return Database.from_settings(settings, pool_size=2)

        class Here(Machine):
            pass

        Here.runner, Here.database = runner, runner.run(opened())
        try:
            run_state_machine_as_test(
                Here,
                settings=limits(
                    max_examples=30,
                    stateful_step_count=30,
                    deadline=None,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(Here.database.close())
