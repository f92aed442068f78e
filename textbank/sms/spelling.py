"""How people spell on a phone: short forms and slips, folded to the word that the phrases are written with.

Only words that are nothing else in English or Spanish stand here, so that folding can never change what an
ordinary text says.
"""

import re
from typing import Final

_LISTED: Final = """
    text txt tex txet textt teext | texts txts textes texs txtes | texting txting txtn textin txtin
    textn | message msg mesage messege messsage mssg | messages msgs mesages messeges mssgs msgz |
    messaging msging | number nmbr numbr numer nuber numbr | more mor moar | dont dnt donot dunt
    dint | want wnt | you u ya | your ur yr | are r | please plz pls plez pleas plese pleeease pleease
    plse | stop stahp | list lsit | remove remov remve romove remuve | unsubscribe unsubcribe unsuscribe
    unscribe unsubscribed unsubscrib | unsubsribe unsubscirbe unsubscribr usubscribe | from frm form |
    wrong wrng worng rong wron | people ppl | because cuz bc | harassing harrassing harasing |
    harassment harrassment harasment | consent concent | receive recieve receve | receiving recieving
    receving | anymore nomore | interested intrested interesed | contact cantact contac | notifications
    notifs | going gonna goin | want2 wanna | through thru | mensajes mensages mesajes mensaje msjs
    mensjes msj mjs msjes mensage menajes | textos testos | quiero kiero qiero quero quieroo | quieren
    kieren | quitenme kitenme quitemen | quiten kiten | quite kite | recibir resivir recivir resibir
    recebir | equivocado ekivocado equibocado ekibocado ecuivocado | equivoco ekivoco equiboco | numero
    numer0 numro nmero nuemro | conozco conosco | mandar mandr | escriban escrivan | escriba escriva |
    molesten molestn | dejenme dejemen degenme | lista lsta | que q qe | por x | porque xq pq porq xk |
    favor fa | llaman yaman | lleguen yeguen | informacion imformacion infomacion info1 | ayuda alluda
    ayudaa ayda
"""


def _listed() -> dict[str, str]:
    folded: dict[str, str] = {}
    for line in _LISTED.split("|"):
        words = line.split()
        if words:
            folded |= dict.fromkeys(words[1:], words[0])
    # These are words of their own as well.
    for word in (
        "form",
        "numer",
        "mensaje",
        "text",
        "fa",
        "x",
        "ya",
        "nomore",
        "want2",
        "kite",
        "dint",
        "pq",
    ):
        folded.pop(word, None)
    return folded | {"nomas": "no mas", "donot": "do not", "wanna": "want to", "nomore": "no more"}


SPELLING: Final = _listed()
_MISSPELT: Final = frozenset(SPELLING)
_DRAWN_OUT: Final = re.compile(r"([a-z])\1{2,}")


def spelled(key: str) -> str:
    """The same words as the phrases spell them."""
    if _DRAWN_OUT.search(key) is not None:
        key = _DRAWN_OUT.sub(r"\1", key)
    words = key.split(" ")
    if _MISSPELT.isdisjoint(words):
        return key
    return " ".join([SPELLING.get(word, word) for word in words])
