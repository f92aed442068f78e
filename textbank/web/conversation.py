"""What the inbox and a texter's pages have in common: the answer box, and what it is told."""

import secrets
from typing import Any, Final

from fastapi import Request

from textbank.assignments.script_of import questions, ready_answers
from textbank.consent.opt_out import opt_out
from textbank.conversations.assign import close
from textbank.conversations.decide_review import words_in_question
from textbank.conversations.queries import Thread, messages, thread
from textbank.conversations.reply import LONGEST, NotSent, Sent, Why, field_in, reply
from textbank.language import N_
from textbank.web.language import gettext_of
from textbank.web.opting_out import answer_when_it_holds
from textbank.web.signed_in import Work

_REFUSED: Final[dict[Why, str]] = {
    "empty": N_("There are no words in the answer. Nothing was sent."),
    "too_long": N_("An answer has at most %(most)s characters. Nothing was sent; your words are below."),
    "field": N_(
        "Your answer has %(field)s in it, and they would read just that: answers are not filled in. Nothing "
        "was sent; your words are kept below. Write the word itself in its place."
    ),
    "opted_out": N_("They have opted out, so nothing can be sent to them any more. Nothing was sent."),
    "review": N_("They may have asked to be left alone. Decide that first; your words are kept below."),
    "answered": N_(
        "%(by)s answered a moment ago, so yours was not sent. Read it above; if yours is still needed, "
        "send it."
    ),
    "no_sender": N_("No number of ours can send just now. Nothing was sent; your words are kept below."),
}


async def conversation_of(
    work: Work, recipient_id: int, *, only_mine: bool, before: int | None = None
) -> dict[str, Any]:
    """Everything that a conversation's page shows."""
    me = work.visitor.member_id
    head = await thread(work.session, work.organization_id, recipient_id, only_for=me if only_mine else None)
    said, earlier = await messages(work.session, work.organization_id, recipient_id, before=before)
    unclear: dict[str, Any] = {}
    if head.review_since is not None:
        unclear = await words_in_question(work.session, work.organization_id, recipient_id)
    return {"head": head, "said": said, "earlier": earlier, "before": before, "unclear": unclear}


async def answering(
    work: Work, head: Thread, seen: int, *, typed: str = "", error: str = ""
) -> dict[str, Any]:
    """What the answer box needs; `typed` comes back when a reply was refused."""
    ready, asked = [], []
    if head.campaign_id is not None and head.suppressed_at is None:
        of = (work.session, work.organization_id, head.campaign_id, head.recipient_id)
        ready = await ready_answers(*of, work.visitor.member_id)
        asked = await questions(*of)
    return {
        "ready": ready,
        "asked": asked,
        "typed": typed,
        "error": error,
        "seen": seen,
        "key": secrets.token_hex(8),
        "longest": LONGEST,
    }


async def try_reply(
    request: Request, work: Work, recipient_id: int, *, body: str, key: str, seen: int
) -> tuple[Sent | NotSent, str]:
    """Send an answer, and what to say about it."""
    done = await reply(
        work.session,
        work.organization_id,
        recipient_id,
        body=body,
        member_id=work.visitor.member_id,
        key=key,
        seen=seen,
    )
    if isinstance(done, Sent):
        return done, ""
    words = gettext_of(request)(_REFUSED[done.why])
    by = done.by or gettext_of(request)(N_("Somebody"))
    return done, words % {"by": by, "most": LONGEST, "field": field_in(body)}


async def opt_out_by(request: Request, work: Work, recipient_id: int, why: str) -> None:
    """A member writes down that this person wants no more texts.

    The ledger keeps the words that they read: whoever looks at it later, or undoes it, decides on those.
    """
    said = await words_in_question(work.session, work.organization_id, recipient_id)
    evidence = {**said, "by": work.visitor.actor, "by_name": work.visitor.name, "reason": why[:200]}
    await opt_out(work.session, work.organization_id, recipient_id, "texter", evidence=evidence)
    await close(work.session, work.organization_id, recipient_id)
    answer_when_it_holds(request, work, recipient_id)
