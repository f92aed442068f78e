"""What the inbox and a texter's pages have in common: the answer box, and what it is told."""

import secrets
from collections.abc import Sequence
from typing import Any, Final

from fastapi import Request

from textbank.assignments.script_of import Ready, question_now, questions, ready_answers, text_after
from textbank.consent.opt_out import opt_out
from textbank.conversations.assign import close
from textbank.conversations.decide_review import words_in_question
from textbank.conversations.mark import mark
from textbank.conversations.one_tap import may_answer_in_one_tap
from textbank.conversations.queries import Said, Thread, begins_for_texters, messages, thread
from textbank.conversations.rank_answers import rank
from textbank.conversations.reply import LONGEST, NotSent, Sent, Why, field_in, reply
from textbank.conversations.take_note import notes_of
from textbank.language import N_
from textbank.web.language import gettext_of
from textbank.web.opting_out import answer_when_it_holds
from textbank.web.signed_in import Work

TAGS: Final = {"abusive": "abusive", "wrong_number": "wrong number", "moved": "moved"}
"""What a conversation is marked with, by why somebody was opted out or is not asked again."""

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
    of = (work.session, work.organization_id, recipient_id)
    since = await begins_for_texters(*of) if only_mine else 0
    said, earlier = await messages(*of, before=before, since=since)
    unclear: dict[str, Any] = {}
    if head.review_since is not None:
        unclear = await words_in_question(work.session, work.organization_id, recipient_id)
    return {
        "head": head,
        "said": said,
        "earlier": earlier,
        "before": before,
        "unclear": unclear,
        "notes": await notes_of(*of, since=since, member_id=me),
    }


def unanswered(said: Sequence[Said]) -> list[str]:
    """What they wrote since our last text, oldest first."""
    theirs: list[str] = []
    for each in reversed(said):
        if each.direction != "in":
            break
        theirs.insert(0, each.body)
    return theirs


def one_tap_of(head: Thread, said: Sequence[Said], ready: Sequence[Ready]) -> Ready | None:
    """The answer that one press may send now, if staff marked one and their text allows it."""
    barred = head.suppressed_at or head.review_since or head.alert or head.needs_reply_since is None
    pictures = any(each.pictures for each in said[-1:])
    if barred or pictures or not may_answer_in_one_tap(unanswered(said)):
        return None
    return next((each for each in ready if each.one_tap), None)


async def answering(
    work: Work,
    head: Thread,
    said: Sequence[Said],
    *,
    typed: str = "",
    error: str = "",
    after_option: int = 0,
) -> dict[str, Any]:
    """What the answer box needs; `typed` comes back when a reply was refused."""
    ready, asked = [], []
    if head.campaign_id is not None and head.suppressed_at is None:
        of = (work.session, work.organization_id, head.campaign_id, head.recipient_id)
        ready = await ready_answers(*of, work.visitor.member_id)
        asked = await questions(*of)
    theirs = unanswered(said)
    follows = text_after(asked, ready, after_option) if after_option else None
    return {
        "ready": rank("\n".join(theirs), ready),
        "one_tap": one_tap_of(head, said, ready),
        "asked": asked,
        "asking": question_now(asked),
        "typed": typed or (follows.body if follows else ""),
        "error": error,
        "seen": said[-1].id if said else 0,
        "key": secrets.token_hex(8),
        "longest": LONGEST,
    }


async def try_reply(
    request: Request, work: Work, recipient_id: int, *, body: str, key: str, seen: int, alone: bool = False
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
        alone=alone,
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
    of = (work.session, work.organization_id, recipient_id)
    said = await words_in_question(*of)
    evidence = {**said, "by": work.visitor.actor, "by_name": work.visitor.name, "reason": why[:200]}
    await opt_out(*of, "texter", evidence=evidence)
    if why in TAGS:
        await mark(*of, TAGS[why], actor=work.visitor.actor)
    await close(*of)
    answer_when_it_holds(request, work, recipient_id)
