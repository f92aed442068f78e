"""What an organization registers with the carriers: where, for how much, in what time, and with which words.

From the registry's and Twilio's rules as they were on the day below; the page names the sources.
The sample texts are made of the organization's own name and keywords, because a reviewer compares them.
"""

from dataclasses import dataclass
from typing import Final, Literal, get_args

from textbank.language import N_

AS_OF: Final = "2026-11-21"

Kind = Literal["501c3", "501c4", "political", "union", "informal"]
SenderKind = Literal["long_code", "toll_free", "short_code"]

KINDS: Final[dict[Kind, str]] = {
    "501c3": N_("A charity: 501(c)(3)"),
    "501c4": N_("A social-welfare group: 501(c)(4)"),
    "political": N_("A political committee or campaign: 527, PAC, candidate"),
    "union": N_("A union or association: 501(c)(5) or (c)(6)"),
    "informal": N_("An informal group without a tax number (EIN)"),
}
SENDER_KINDS: Final[dict[SenderKind, str]] = {
    "long_code": N_("Local number (10DLC)"),
    "toll_free": N_("Toll-free number"),
    "short_code": N_("Short code"),
}

_USE_CASE: Final[dict[Kind, str]] = {
    "501c3": N_("Use case “Charity”, for 501(c)(3): $3 a month, and no token is needed."),
    "501c4": N_("Use case “Political”: a 501(c)(4) qualifies by itself, without a Campaign Verify token."),
    "political": N_("Use case “Political”: it needs a Campaign Verify token, or it is refused."),
    "union": N_("Use case “Political” for 501(c)(5) and (c)(6), without a token; else “Mixed”."),
    "informal": N_("Use case “Sole proprietor”: 1,000 segments a day to T-Mobile, and nothing political."),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to register or to pay."""

    what: str
    cost: str
    time: str


@dataclass(frozen=True, slots=True)
class Guide:
    """What to do, in order, and what works meanwhile."""

    things: tuple[Item, ...]
    use_case: str
    notes: tuple[str, ...]


_VERIFY: Final = Item(
    N_("A Campaign Verify token (campaignverify.org), another one for 10DLC than for toll-free"),
    N_("$95 for a two-year cycle"),
    N_("days to weeks; tokens of this cycle end on 31 January 2027"),
)
_BRAND: Final = Item(
    N_("A brand at The Campaign Registry, in Twilio's console under Trust Hub"),
    N_("$4.50 once, $46 with vetting, which raises the daily limits"),
    N_("minutes; vetting takes days"),
)
_SOLE: Final = Item(
    N_("A sole-proprietor brand, in Twilio's console under Trust Hub"),
    N_("$4.50 once"),
    N_("minutes, by a code texted to a mobile phone"),
)
_CAMPAIGN: Final = Item(
    N_("A campaign with that use case, and the messaging service with your number in it"),
    N_("$15 for each submission, then $1.50 to $10 a month (charity $3, political $10)"),
    N_("days to weeks: a person reads it"),
)
_TOLL_FREE: Final = Item(
    N_("A toll-free verification, in Twilio's console under Regulatory compliance"),
    N_("nothing but the number itself"),
    N_("days to weeks"),
)
_SHORT_CODE: Final = Item(
    N_("A short code of your own, leased through Twilio"),
    N_("about $1,000 a month"),
    N_("8 to 12 weeks"),
)
_PAGES: Final = N_(
    "Have a privacy policy and terms on your website first: both addresses are asked for, and the policy "
    "must say that mobile numbers are not shared for marketing."
)
_EIN: Final = N_(
    "A toll-free verification asks for a tax number (EIN) since January 2026: get one from the IRS."
)
_INFORMAL: Final = N_(
    "An EIN costs nothing and opens every other way. Or send through a fiscal sponsor's or an allied group's "
    "registration, under its name."
)
_HUMAN: Final = N_(
    "Texting by hand, one press for each text, is no way around this: carriers treat whatever an "
    "organization sends as texts to groups."
)


def guide_for(kind: Kind, sender: SenderKind) -> Guide:
    """What this organization does to text from this kind of number."""
    needs_token = kind == "political"
    if sender == "long_code":
        own: tuple[Item, ...] = (_SOLE if kind == "informal" else _BRAND, _CAMPAIGN)
    else:
        own = (_TOLL_FREE,) if sender == "toll_free" else (_SHORT_CODE,)
    items = (_VERIFY, *own) if needs_token else own
    notes = [_PAGES]
    if kind == "informal":
        notes.append(_EIN if sender == "toll_free" else _INFORMAL)
    notes.append(_HUMAN)
    return Guide(items, _USE_CASE[kind] if sender == "long_code" else "", tuple(notes))


def known_kind(value: str) -> Kind:
    """A kind of organization as a form sends it; what is unknown counts as the first."""
    kinds: tuple[Kind, ...] = get_args(Kind)
    return next((each for each in kinds if each == value), kinds[0])


def known_sender(value: str) -> SenderKind:
    """A kind of number as a form sends it; what is unknown counts as the first."""
    kinds: tuple[SenderKind, ...] = get_args(SenderKind)
    return next((each for each in kinds if each == value), kinds[0])


def sources() -> tuple[tuple[str, str], ...]:
    """Where the figures come from, and how old they are."""
    return (
        (N_("Use cases, Campaign Verify: Twilio's changelog of 25 Aug 2021, Telgorithm of 22 Oct 2025"), ""),
        (
            N_("Limits of each carrier: Telnyx, 10DLC rate limits"),
            "https://developers.telnyx.com/docs/messaging/10dlc/10dlc-rate-limits",
        ),
        (
            N_("What a call to action must say: CTIA, Messaging Principles, May 2023"),
            "https://api.ctia.org/wp-content/uploads/2023/05/230523-CTIA-Messaging-Principles-and-Best-Pract"
            "ices-FINAL.pdf",
        ),
        (
            N_("Fees: as vendors published them in 2026, second-hand. Look at Twilio's own before you pay."),
            "",
        ),
    )
