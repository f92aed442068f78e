"""What was done, as a sentence for people; the subject stands beside it, in a column of its own."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from fastapi import Request

from textbank.language import N_
from textbank.reports.name_things import Names
from textbank.sms.phone_number import national
from textbank.web.language import gettext_of

_SENTENCES: Final[Mapping[str, str]] = {
    "organization.created": N_("Made the organization %(name)s"),
    "organization.changed": N_(
        "Changed the organization’s name, HELP contact or price; its name is %(name)s"
    ),
    "senders.connected": N_("Connected numbers to send from: %(senders)s"),
    "sender.changed": N_("Set the pace of %(address)s to %(pace)s segments a second"),
    "lookups.on": N_("Let the carrier be asked, for money, which networks people are on"),
    "lookups.off": N_("Let the carrier be asked no more which networks people are on"),
    "lookups.shares": N_(
        "Set the shares by the audience of %(campaign)s: T-Mobile %(t_mobile)s, AT&T %(att)s"
    ),
    "campaign.paced": N_("Let %(campaign)s leave as fast as answers can be given"),
    "campaign.not_paced": N_("Let %(campaign)s leave as fast as the numbers can"),
    "sender.rested": N_(
        "Let %(address)s rest: far more of its texts failed than of the other numbers’ texts"
    ),
    "sender.tried_again": N_("Let %(address)s try again after a rest"),
    "limits.changed": N_("Changed the limits of all numbers together"),
    "sender.registration": N_("Recorded the registration of %(address)s with the carriers: %(now)s"),
    "member.added": N_("Added %(member)s to the team as %(role)s"),
    "member.role": N_("Changed the role of %(member)s from %(before)s to %(after)s"),
    "member.disabled": N_("Took %(member)s off the team"),
    "member.enabled": N_("Let %(member)s back on the team"),
    "member.password": N_("Set a new password for their own account"),
    "texter.approved": N_("Let %(member)s text"),
    "texter.suspended": N_("Suspended %(member)s: %(because)s"),
    "texter.let_go_on": N_("Let %(member)s go on"),
    "texter.came_back": N_("Came back on another phone by a text from their own"),
    "team.made": N_("Made the team %(name)s"),
    "team.changed": N_("Changed the team %(name)s"),
    "texting.changed": N_("Changed how texters get in"),
    "invite.made": N_("Made a link to join the team as %(role)s"),
    "invite.revoked": N_("Ended a link to join the team"),
    "keyword.created": N_("Made the keyword %(word)s for the list %(list)s"),
    "keyword.reworded": N_("Changed what %(keyword)s answers"),
    "keyword.retired": N_("Retired the keyword %(word)s"),
    "keyword.led": N_("Set which flow follows %(keyword)s"),
    "flow.made": N_("Made the flow %(name)s"),
    "flow.saved": N_("Changed the draft of the flow %(flow)s"),
    "flow.published": N_("Published the flow %(flow)s, version %(version)s"),
    "flow.unpublished": N_("Let nobody begin the flow %(flow)s any more"),
    "flow.archived": N_("Archived the flow %(flow)s"),
    "flow.restored": N_("Took the flow %(flow)s out of the archive"),
    "flow.strangers": N_("Set whether the flow %(flow)s greets strangers"),
    "office_hours.set": N_("Set the office hours"),
    "office_hours.ended": N_("Ended the answers out of office hours"),
    "list.created": N_("Made the list %(name)s"),
    "list.edited": N_("Changed the list %(name)s"),
    "person.added": N_("Added %(contact)s to the contacts"),
    "person.edited": N_("Changed the particulars of %(contact)s"),
    "stops.imported": N_("Took opt-outs from the file %(file)s"),
    "stops.deactivated": N_("Took deactivated numbers from the file %(file)s"),
    "stops.reassigned": N_("Took answers about reassigned numbers from the file %(file)s"),
    "web_form.changed": N_("Changed the web form of the list %(list)s"),
    "person.erased": N_("Erased a person for good, because they asked"),
    "import": N_("Imported the file %(file)s into the list %(list)s"),
    "conversation.reviewed": N_("Read what %(recipient)s wrote and decided that it was no opt-out"),
    "conversation.handed_over": N_(
        "Gave the conversation with %(recipient)s back for somebody else to answer"
    ),
    "campaign.made": N_("Made the campaign %(campaign)s"),
    "campaign.launched": N_("Launched the campaign %(campaign)s"),
    "campaign.first_part": N_("Set with how many people the campaign %(campaign)s begins"),
    "campaign.wordings": N_("Changed which wordings the campaign %(campaign)s compares"),
    "campaign.rest": N_("Let the rest of the campaign %(campaign)s go"),
    "campaign.start": N_("Set or took back when the campaign %(campaign)s begins"),
    "campaign.scheduled": N_("Scheduled the campaign %(campaign)s"),
    "campaign.unscheduled": N_("Took the campaign %(campaign)s back before it began"),
    "campaign.not_begun": N_("Did not begin the campaign %(campaign)s, which is a draft again"),
    "campaign.selling": N_("Stated whether the campaign %(campaign)s sells anything"),
    "campaign.hours": N_("Set other hours for the campaign %(campaign)s: %(hours)s"),
    "campaign.hours_taken_back": N_("Let the usual hours count again for the campaign %(campaign)s"),
    "campaign.last_moment": N_("Set or took back the last moment of the campaign %(campaign)s"),
    "campaign.paused": N_("Paused the campaign %(campaign)s"),
    "campaign.resumed": N_("Let the campaign %(campaign)s go on"),
    "campaign.stopped": N_("Stopped the rest of the campaign %(campaign)s"),
    "campaign.discarded": N_("Threw away a draft of a campaign"),
    "campaign.tested": N_("Texted a test of the campaign %(campaign)s to their own phone"),
    "campaign.words_changed": N_("Changed the words of the campaign %(campaign)s for what had not left"),
    "campaign.statement": N_("Stated why people without a basis may be texted in %(campaign)s"),
    "campaign.statement_taken_back": N_(
        "Took back the statement about people without a basis in %(campaign)s"
    ),
    "campaign.budget": N_("Set or took back the budget of the campaign %(campaign)s: %(budget)s"),
    "campaign.time_critical": N_("Called the campaign %(campaign)s time-critical"),
    "campaign.not_time_critical": N_("Let the six hours bind the campaign %(campaign)s again"),
    "organization.money": N_("Changed prices or the month’s budget"),
    "campaign.reply_saved": N_("Saved a ready-made reply for the campaign %(campaign)s"),
    "campaign.reply_removed": N_("Removed a ready-made reply from the campaign %(campaign)s"),
    "campaign.question_added": N_("Added a question to the campaign %(campaign)s"),
    "campaign.branched": N_("Said what follows the answers to a question in %(campaign)s"),
    "campaign.one_tap": N_("Chose the reply that texters of %(campaign)s send with one press"),
    "campaign.question_removed": N_("Removed a question from the campaign %(campaign)s"),
    "phrase.added": N_("Set what a phrase in a text that comes in means"),
    "phrase.retired": N_("Took away what a phrase in a text that comes in means"),
    "disclaimer.saved": N_("Saved the disclaimer for %(state)s"),
    "disclaimer.removed": N_("Removed the disclaimer for %(state)s"),
    "campaign.batches": N_(
        "Set the batches of %(campaign)s: %(size)s people, kept for %(minutes)s minutes of silence"
    ),
    "texter.people_taken_back": N_("Took %(count)s first texts in hand back from %(member)s"),
    "texter.replies_taken_back": N_("Let the team answer %(count)s people who waited for %(member)s"),
    "texter.replies_moved": N_("Moved %(count)s people who waited for %(member)s to somebody else"),
    "texter.answered": N_("Answered a question of %(member)s about a conversation"),
    "texter.put": N_("Put %(member)s on the campaign %(campaign)s"),
    "texter.removed": N_("Took %(member)s off the campaign %(campaign)s"),
}
_ROLES: Final[Mapping[str, str]] = {
    "texter": N_("Texter"),
    "captain": N_("Captain"),
    "organizer": N_("Organizer"),
    "admin": N_("Admin"),
    "owner": N_("Owner"),
}
_STATES: Final[Mapping[str, str]] = {
    "registered": N_("registered"),
    "pending": N_("pending"),
    "unregistered": N_("not registered"),
}
_ACTORS: Final[Mapping[str, str]] = {
    "command line": N_("The command line"),
    "carrier": N_("The carrier"),
    "schedule": N_("The schedule"),
    "budget": N_("The budget"),
}
_QUOTED: Final = ("words", "statement", "why", "reason", "before_words", "phrase")
"""Details that are a person's own words, shown under the sentence."""


def who_told(request: Request, actor: str, members: Mapping[str, str]) -> str:
    """Who it was: a member's name, or what else acts in an organization."""
    return members.get(actor) or (gettext_of(request)(_ACTORS[actor]) if actor in _ACTORS else actor)


def what_told(request: Request, action: str, details: Mapping[str, Any], names: Names) -> str:
    """The sentence. An action that is not known here (of a newer version) is told by its own name."""
    if action not in _SENTENCES:
        return action
    _ = gettext_of(request)
    values = {name: _value(_, name, value) for name, value in details.items()}
    for kind, unnamed in _UNNAMED.items():
        known = names.get(kind, {}).get(details.get(kind, 0))
        name = kind.removesuffix("_id")
        values[name] = f"“{known}”" if known and kind in _IN_QUOTES else national(known or "") or _(unnamed)
    values["state"] = details.get("state") or _(N_("all other states"))
    return _(_SENTENCES[action]) % _Forgiving(values)


def quoted(details: Mapping[str, Any]) -> str:
    """The words that somebody wrote, if the entry holds any."""
    return next((each for name in _QUOTED if isinstance(each := details.get(name), str) and each), "")


_UNNAMED: Final[Mapping[str, str]] = {
    "campaign_id": N_("(thrown away)"),
    "list_id": N_("(none)"),
    "member_id": N_("somebody"),
    "keyword_id": N_("(none)"),
    "flow_id": N_("(none)"),
    "contact_id": N_("somebody without a name"),
    "recipient_id": N_("somebody"),
}
_IN_QUOTES: Final = ("campaign_id", "list_id", "flow_id")


class _Forgiving(dict[str, str]):
    """Values of which an older entry may lack some."""

    def __missing__(self, _key: str) -> str:
        return "–"


def _value(_: Callable[..., str], name: str, value: Any) -> str:
    if name in ("role", "before", "after") and isinstance(value, str) and value in _ROLES:
        return _(_ROLES[value])
    if name == "now" and isinstance(value, str) and value in _STATES:
        return _(_STATES[value])
    if isinstance(value, list):
        return ", ".join(national(str(each)) for each in value)
    return national(str(value)) if name == "address" else str(value)
