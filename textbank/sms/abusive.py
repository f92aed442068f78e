"""Whether a text may hurt whoever reads it: whole words alone, in English and Spanish.

It only decides whether the words are hidden until somebody asks to see them and whether a reply is offered
for one press. Nothing is held back, opted out or answered because of it, so a short list that misses much is
better than a long one that hides "I hate to miss it" or "Dick will come".
"""

import re
from typing import Final

from textbank.sms.folding import folded, words_of
from textbank.sms.vocabulary import HOSTILE_EMOJI

_LISTED: Final = """
    arsehole asshole assholes bastard bitch bitches bullshit cocksucker cunt cunts dickhead dumbass dyke
    fag faggot faggots fags fatass fuck fucked fucker fuckers fuckin fucking fucks fuk jackass kike
    motherfucker motherfuckers motherfucking nigga nigger niggers pussy retard retarded scumbag shithead
    shitty slut sluts spic spics stfu gtfo tranny twat wetback wetbacks whore whores

    cabron cabrones chinga chingada chingado chingar chingate cono culero culeros gilipollas hijueputa joto
    jodete maricon maricones mierda pendeja pendejas pendejo pendejos perra perras pinche puta putas puto
    putos verga zorra
    """
_WORDS: Final = frozenset(_LISTED.split())
_PHRASES: Final = re.compile(
    r"\b(?:go to hell|kill (?:yourself|your self|urself|you)|kys|drop dead|eat shit|piece of shit|f off"
    r"|screw you|hope you die|you (?:are|re) (?:an? )?(?:idiot|idiots|moron|morons|stupid|scum|trash)"
    r"|youre (?:an? )?(?:idiot|idiots|moron|morons|stupid|scum|trash)|f u|fu"
    r"|vete a la|vayanse a la|hijo de puta|hijos de puta|te voy a matar|muerete|ojala te mueras)\b"
)
_STARRED: Final = re.compile(
    r"\b(?:f[*@#]+(?:k|ck|cking|king|ing)?|sh[*@#!]+t|b[*@#!]+tch|a[*@#$]{2}hole|c[*@#]+nt)\b", re.I
)


def is_abusive(body: str) -> bool:
    """Whether whoever reads it should be asked first."""
    text = folded(body)
    words = words_of(text)
    return (
        not _WORDS.isdisjoint(words.split())
        or _PHRASES.search(words) is not None
        or _STARRED.search(text) is not None
        or HOSTILE_EMOJI in body
    )
