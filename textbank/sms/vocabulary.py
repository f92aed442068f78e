"""The words by which people say stop, help or start, and those that stand around them, as data.

Everything here is written as `classify` sees a text: lower case, no accents, no apostrophes, single spaces.
The seven words of 47 CFR 64.1200(a)(10) (stop, quit, end, revoke, opt out, cancel, unsubscribe) revoke
consent by themselves; CTIA (Messaging Principles 5.1.3, May 2023) asks to heed other wording too. A carrier
acts on the single word alone, so everything else is ours to hear.
"""

from typing import Final


def _words(listed: str, between: str | None = None) -> frozenset[str]:
    return frozenset(filter(None, (" ".join(word.split()) for word in listed.split(between))))


STOP_WORDS: Final = _words(
    """
    stop | stopall | stop all | end | quit | cancel | revoke | unsubscribe | unsub | optout | opt out |
    opting out | opted out | end all | quit all | cancel all | unsubscribe all | stop it | stop this |
    stop that | stop everything | end this | no more | quit it | i revoke | knock it off | cut it out |
    off list | off the list | list removal | block me | stop and remove | darse de baja | stop now |
    remove | remove me | delete me | block | take me off | desist | cease | do not contact | dont
    contact | do not text | dont text | do not call | dont call | stop2quit | stop 2 quit | stop to quit
    | stop2end | stop to end | stop quit | stop2stop | stop to stop | stop to opt out | stop to
    unsubscribe | stop to cancel | reply stop | text stop | stop end | end stop | alto | parar | pare |
    paren | parenle | parele | parale | detener | detenga | detengan | detenganse | cancelar | cancele |
    baja | dar de baja | discontinue | unlist | desuscribir | desuscribirme | desuscribirse | salir | no
    mas | ya no mas | terminar | eliminar | borrar | arret | arrete | arreter | arretez | arrett |
    desabonner | desabonnement | desinscrire | desinscription | stopper
    """,
    between="|",
)
"""The whole text, or its first or last sentence."""

STOP_WORDS_GATE: Final = frozenset(max(said.split(), key=len)[:4] for said in STOP_WORDS)
"""How the longest word of each begins: a text without any of these has none of them."""

EVENT_WORDS: Final = frozenset({"cancel", "end", "quit", "block", "remove", "baja", "salir", "cancelar"})
"""Stop words that also fit an event or a plan: "Cancel, something came up Saturday" goes to a person."""

HELP_WORDS: Final = frozenset(
    {
        "help",
        "info",
        "ayuda",
        "aide",
        "help info",
        "reply help",
        "text help",
        "hlep",
        "hepl",
        "halp",
        "helpp",
        "informacion",
    }
)
START_WORDS: Final = frozenset(
    {"start", "unstop", "empezar", "comenzar", "reply start", "please start", "start please", "iniciar"}
)
REVIEW_WORDS: Final = frozenset(
    {
        "x",
        "output",
        "the end",
        "fin",
        "ya no",
        "shut up",
        "spam",
        "junk",
        "scam",
        "this is spam",
        "fuck you",
        "enough",
        "enough already",
        "basta",
        "ya basta",
    }
)
HOSTILE_EMOJI: Final = "🖕"

PLAYFUL_WORDS: Final = frozenset({"stop it", "stop that"})
"""Stop on their own; beside another sentence they may be laughter, and go to a person."""

NOT_AT_AN_EDGE: Final = frozenset({"dont call", "do not call"})
"""Stop on their own; "Don't call, text" is the opposite."""


BEFORE_A_NOUN: Final = _words(
    """
    bus train metro subway last next first second the a this that every each no full pit one truck rest
    whistle to and or never not ever t will it rain
    """
)
"""Before a STOP at the end, when it is a place or somebody else's to do."""

FILLERS: Final = _words(
    """
    please pls plz plez pleas thanks thank you thx ty kindly now just ok okay k hi hello hey sir
    maam madam yo omg ugh wtf immediately asap already seriously again yes yeah yep no nope nah all
    folks guys everyone dude bro por favor porfavor porfa gracias ya ahora hola svp merci stp
    bonjour maintenant damn god sorry and im good asshole assholes idiot idiots bitch fucking
    fuckers freaking goddamn jerk jerks moron morons
    """
)
"""Words around a keyword that change nothing about it."""

COURTESIES: Final = FILLERS - _words("no nope nah ya yes yeah yep all now ahora just im good and sorry")
"""Those that are part of no keyword."""

MOST_WORDS: Final = max(len(said.split()) for said in STOP_WORDS | HELP_WORDS | START_WORDS)
"""Of a keyword."""

_SLIPS_OF_STOP = {"s": "adwezxq", "t": "ryfg56", "o": "ipkl09", "p": "ol0"}


def _slips() -> frozenset[str]:
    """How a thumb misses STOP: a neighbouring key, letters swapped, one left out."""
    word = "stop"
    slips = {"sotp", "tsop", "stpo", "sto", "stp", "sop", "stopo", "stops", "stopt", "sstop"}
    for place, letter in enumerate(word):
        slips |= {word[:place] + other + word[place + 1 :] for other in _SLIPS_OF_STOP[letter]}
    others = "cancle canel cancal optou optouy optput opout optut stap stahp unscribe"
    return frozenset(slips - {"stop"}) | frozenset(others.split()) | {"opt ou", "opt ut"}


STOP_SLIPS: Final = _slips()

OTHER_OBJECT: Final = _words(
    """
    the a an la le les el los las by at in on for and or to work sign signs light lights over off
    near our your his her their its those any some asian evict eviction evictions war wars
    deportation deportations hate gun police ice trump cop killing letting giving having taking using
    making thinking talking playing trying fighting building funding smoking drinking time times next
    start watch bus train global climate racism genocide
    """
)
"""What follows a leading STOP when it is a slogan, a place or a plan."""

NO_THINGS: Final = _words(
    "this guys yalls thanks texts messages bots folks robots assholes jerks losers idiots"
)
"""These end like things, but are said to us."""
