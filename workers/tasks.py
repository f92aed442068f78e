"""Every task: a few lines that call a domain function. All are idempotent and last under a minute."""

import logging
from datetime import timedelta

from celery import shared_task

from textbank import across, clock, jobs
from textbank.assignments.tell_who_is_away import tell_who_is_away
from textbank.assignments.watch_texters import watch_texters
from textbank.backup.nightly import make_nightly_copy
from textbank.campaigns.finish import finish_campaigns
from textbank.campaigns.first_part import wait_after_first_part
from textbank.campaigns.look_after import look_after_campaigns
from textbank.campaigns.look_up_carriers import look_up_carriers
from textbank.campaigns.queue_audience import queue_audience
from textbank.consent.run_import import run_imports
from textbank.consent.seal import BATCH, seal
from textbank.conversations.decide_review import end_undecided
from textbank.conversations.give_back_of_away import give_back_of_away
from textbank.errors import Conflict
from textbank.flows.call_webhooks import call_webhooks
from textbank.flows.go_on import go_on
from textbank.inbound.come_back import come_back
from textbank.inbound.reconcile import reconcile
from textbank.keywords.remind_opt_ins import remind_opt_ins
from textbank.messaging.claim import take_back_lapsed_claims
from textbank.messaging.end_rests import end_rests
from textbank.messaging.protocol import CLAIM_LEASE
from textbank.messaging.pump import Pump
from textbank.messaging.settle_unknown import settle_unknown
from textbank.public_web import post_json
from textbank.sms.carrier import CarrierUnavailable
from workers.process import Process, here, stopping

log = logging.getLogger(__name__)

QUEUE_FOR_SECONDS = 20.0
WAY_IN_CHORES = {
    "away": give_back_of_away,
    "opt_ins": remind_opt_ins,
    "reviews": end_undecided,
    "series": go_on,
    "texters": watch_texters,
}
COUNT_EVERY_SECONDS = 1.0


@shared_task(name=jobs.SEND)
def send() -> None:
    """Keep texts leaving for up to twenty seconds."""
    part = here()
    pump = Pump(part.database, part.pace, part.carriers, part.callback_url, stopping=stopping.is_set)
    part.run(pump.run())


@shared_task(name=jobs.QUEUE_AUDIENCE)
def queue_audiences(organization_id: int = 0) -> None:
    """Put launched campaigns into the outbox."""
    part = here()
    part.run(_queue_audiences(part))


async def _queue_audiences(part: Process) -> None:
    counted = clock.monotonic()
    ends = counted + QUEUE_FOR_SECONDS
    for organization_id, campaign_id in await across.with_unqueued_audience(part.database):
        queued = 1
        while queued and not stopping.is_set() and clock.monotonic() < ends:
            # Every process for chores may be at this for a while, and people look at the counters meanwhile.
            if clock.monotonic() - counted >= COUNT_EVERY_SECONDS:
                await look_after_campaigns(part.database)
                counted = clock.monotonic()
            try:
                async with part.database.transaction(organization_id) as session:
                    queued = await queue_audience(session, organization_id, campaign_id)
            except Conflict as error:
                log.warning("campaign %s waits: %s", campaign_id, error.message)
                break


@shared_task(name=jobs.CAMPAIGNS)
def look_after(organization_id: int = 0) -> None:
    """Count campaigns, end what was stopped, put new words into what waits."""
    part = here()
    part.run(look_after_campaigns(part.database))


@shared_task(name=jobs.IMPORT)
def import_contacts(organization_id: int) -> None:
    """Check and take the files that staff uploaded, for up to twenty seconds."""
    part = here()
    part.run(run_imports(part.database, organization_id, stopping=stopping.is_set))


@shared_task(name=jobs.SEAL)
def seal_ledger(organization_id: int) -> None:
    """Chain an organization's unsealed ledger rows."""
    part = here()
    part.run(_seal(part, organization_id))


async def _seal(part: Process, organization_id: int) -> None:
    sealed = BATCH
    while sealed == BATCH:
        async with part.database.transaction(organization_id) as session:
            sealed = await seal(session, organization_id)


@shared_task(name=jobs.RECONCILE)
def reconcile_accounts(organization_id: int = 0) -> None:
    """File what the carrier has and we have not, for every account where that is due."""
    part = here()
    part.run(_reconcile(part))


async def _reconcile(part: Process) -> None:
    for organization_id, account_id in await across.accounts_to_reconcile(part.database):
        try:
            await reconcile(part.database, organization_id, account_id, part.carriers)
        except CarrierUnavailable as error:
            log.warning("the list of account %s could not be read: %s", account_id, error)


@shared_task(name=jobs.SETTLE)
def settle_attempts(organization_id: int) -> None:
    """Find out what became of texts with an unknown outcome."""
    part = here()
    absence = timedelta(seconds=part.settings.textbank_absence_seconds)
    try:
        part.run(
            settle_unknown(part.database, organization_id, part.carriers, absence_confirmed_after=absence)
        )
    except CarrierUnavailable as error:
        log.warning("unknown texts stay unknown for now: %s", error)


@shared_task(name=jobs.LOOK_UP)
def look_up(organization_id: int) -> None:
    """Ask the carrier on which networks a campaign's audience is."""
    part = here()
    try:
        part.run(look_up_carriers(part.database, organization_id, part.carriers))
    except CarrierUnavailable as error:
        log.warning("numbers could not be looked up: %s", error)


@shared_task(name=jobs.COME_BACK)
def let_come_back(organization_id: int) -> None:
    """Decide STARTs and keywords of suppressed numbers."""
    part = here()
    try:
        part.run(come_back(part.database, organization_id, part.carriers))
    except CarrierUnavailable as error:
        log.warning("a START waits: %s", error)


@shared_task(name=jobs.CALL_OUT)
def call_out(organization_id: int) -> None:
    """Call the webhooks that flows asked for."""
    part = here()
    part.run(call_webhooks(part.database, organization_id, post_json))


@shared_task(name=jobs.BACKUP)
def back_up(organization_id: int = 0) -> None:
    """Make the nightly copy, unless another worker does. Longer than other tasks; see `nightly.LEASE`."""
    part = here()
    part.run(make_nightly_copy(part.database, part.settings))


@shared_task(name=jobs.TIDY)
def tidy() -> None:
    """Take lapsed claims back, end rests, remind of opt-ins, finish campaigns; show that workers live."""
    part = here()
    part.run(_tidy(part))


async def _tidy(part: Process) -> None:
    await part.beat()
    for organization_id in await across.with_lapsed_claims(part.database, CLAIM_LEASE):
        async with part.database.transaction(organization_id) as session:
            await take_back_lapsed_claims(session, organization_id)
    for organization_id in await across.with_rests_over(part.database):
        async with part.database.transaction(organization_id) as session:
            await end_rests(session, organization_id)
    for organization_id, chore in await across.way_in_chores(part.database):
        if chore == "webhooks":
            await call_webhooks(part.database, organization_id, post_json)
            continue
        if chore == "replies":
            await tell_who_is_away(part.database, organization_id, part.signer, part.post_push)
            continue
        async with part.database.transaction(organization_id) as session:
            await WAY_IN_CHORES[chore](session, organization_id)
    for organization_id in await across.with_running_campaigns(part.database):
        async with part.database.transaction(organization_id) as session:
            await wait_after_first_part(session, organization_id)
            await finish_campaigns(session, organization_id)
