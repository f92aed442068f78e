"""Status callbacks: told in the background, and lost, doubled, late or out of order as the carrier is set."""

import asyncio
from collections import deque
from datetime import UTC, datetime
from uuid import uuid4

from textbank.simulator.accounts import Account
from textbank.simulator.agenda import Agenda
from textbank.simulator.dice import Dice
from textbank.simulator.magic_numbers import LATE_CALLBACK_SECONDS, MAGIC
from textbank.simulator.records import API_VERSION, FINAL, Message
from textbank.simulator.refusals import text_of
from textbank.simulator.webhooks import Webhooks

_Post = tuple[str, dict[str, str], str]
_HELD_AT_MOST_SECONDS = 120.0
_AFTER_THE_LAST_SECONDS = 0.1


class Callbacks:
    """The queue of callbacks of one carrier, emptied by a fixed number of workers."""

    def __init__(self, agenda: Agenda, dice: Dice, webhooks: Webhooks, concurrency: int) -> None:
        self._agenda = agenda
        self._dice = dice
        self._webhooks = webhooks
        self._concurrency = concurrency
        self._queue: asyncio.Queue[_Post] = asyncio.Queue()
        self._workers: list[asyncio.Task[None]] = []
        self._held: dict[str, _Post] = {}
        self.recent_failures: deque[str] = deque(maxlen=50)
        self.told = 0
        self.failed = 0

    def start(self) -> None:
        """Start the workers."""
        self._workers = [asyncio.create_task(self._work()) for _ in range(self._concurrency)]

    async def stop(self) -> None:
        """Stop the workers; what is still queued is lost, as at a carrier that goes down."""
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)

    @property
    def waiting(self) -> int:
        """Callbacks not yet told."""
        return self._queue.qsize() + len(self._held)

    def clear(self) -> None:
        """Forget what is queued."""
        self._held.clear()
        while not self._queue.empty():
            self._queue.get_nowait()
        self.told = self.failed = 0

    def tell(self, account: Account, message: Message) -> None:
        """Tell the message's present status, if its sender wants to hear it and nothing goes wrong."""
        behaviour = self._dice.behaviour
        if message.callback is None or not behaviour.callbacks_enabled:
            return
        if message.status not in behaviour.callback_statuses:
            return
        magic = MAGIC.get(message.to)
        quirk = magic.callbacks if magic is not None else ""
        if quirk == "lost" or self._dice.chance(behaviour.callbacks_lost):
            return
        post = (message.callback, _parameters(message), account.settings.auth_token)
        is_reversed = quirk == "reversed" or self._dice.chance(behaviour.callbacks_reversed)
        if message.status not in FINAL and is_reversed:
            self._hold(message.sid, post)
            return
        late = behaviour.callback_delay_seconds + (LATE_CALLBACK_SECONDS if quirk == "late" else 0.0)
        self._post(post, late)
        if quirk == "doubled" or self._dice.chance(behaviour.callbacks_doubled):
            self._post(post, late)
        if message.status in FINAL and message.sid in self._held:
            self._agenda.after(late + _AFTER_THE_LAST_SECONDS, self._release, message.sid)

    def _hold(self, sid: str, post: _Post) -> None:
        self._held.setdefault(sid, post)
        self._agenda.after(_HELD_AT_MOST_SECONDS, self._release, sid)

    def _release(self, sid: str) -> None:
        held = self._held.pop(sid, None)
        if held is not None:
            self._queue.put_nowait(held)

    def _post(self, post: _Post, late: float) -> None:
        if late > 0:
            self._agenda.after(late, self._queue.put_nowait, post)
        else:
            self._queue.put_nowait(post)

    async def _work(self) -> None:
        while True:
            url, parameters, token = await self._queue.get()
            called = await self._webhooks.call(url, parameters, token, str(uuid4()))
            self.told += 1
            if called.failure:
                self.failed += 1
                self.recent_failures.append(f"{parameters['MessageSid']} {called.status or called.failure}")


def _parameters(message: Message) -> dict[str, str]:
    parameters = {
        "SmsSid": message.sid,
        "SmsStatus": message.status,
        "MessageStatus": message.status,
        "To": message.to,
        "MessageSid": message.sid,
        "AccountSid": message.account,
        "From": message.sender or "",
        "ApiVersion": API_VERSION,
    }
    if message.service is not None:
        parameters["MessagingServiceSid"] = message.service
    if message.error_code is not None:
        parameters["ErrorCode"] = str(message.error_code)
        parameters["ErrorMessage"] = text_of(message.error_code)
    if message.status in {"delivered", "undelivered"}:
        # The carrier's own time: minutes, no zone (Twilio's change log, 14 February 2023).
        parameters["RawDlrDoneDate"] = datetime.fromtimestamp(message.updated, UTC).strftime("%y%m%d%H%M")
    return parameters
