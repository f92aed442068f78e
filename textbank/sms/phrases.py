"""The words and phrases by which people say stop, help, start or "wrong number", as data.

Everything here is written as `classify` sees a text: lower case, no accents, no apostrophes, single spaces.
The seven words of 47 CFR 64.1200(a)(10) (stop, quit, end, revoke, opt out, cancel, unsubscribe) revoke
consent by themselves; CTIA (Messaging Principles 5.1.3, May 2023) asks to heed other wording too. A carrier
acts on the single word alone, so everything else is ours to hear.
"""

import re
from typing import Final


def _words(listed: str, between: str | None = None) -> frozenset[str]:
    return frozenset(
        filter(None, (word.strip() for word in listed.replace("\n", between or " ").split(between)))
    )


STOP_WORDS: Final = _words(
    """
    stop | stopall | stop all | end | quit | cancel | revoke | unsubscribe | unsub | optout | opt out |
    opting out | opted out | end all | quit all | cancel all | unsubscribe all | stop it | stop this |
    stop that | stop everything | end this | stop now | remove | remove me | delete me | block | take me off |
    desist | cease | do not contact | dont contact | do not text | dont text | do not call |
    dont call | stop2quit | stop 2 quit | stop to quit | stop2end | stop to end | stop quit |
    stop2stop | stop to stop | stop to opt out | stop to unsubscribe | stop to cancel | reply stop |
    text stop | stop end | end stop | alto | parar | pare | paren | detener | detenga | detengan |
    detenganse | cancelar | cancele | baja | dar de baja | desuscribir | desuscribirme |
    desuscribirse | salir | basta | ya basta | no mas | ya no mas | terminar | eliminar | borrar |
    arret | arrete | arreter | arretez | arrett | desabonner | desabonnement | desinscrire |
    desinscription | stopper
    """,
    between="|",
)
"""The whole text, or its first or last sentence."""

EVENT_WORDS: Final = frozenset({"cancel", "end", "quit", "block", "remove", "baja", "salir", "cancelar"})
"""Stop words that also fit an event or a plan: "Cancel, something came up Saturday" goes to a person."""

HELP_WORDS: Final = frozenset({"help", "info", "ayuda", "aide", "help info", "reply help", "text help"})
START_WORDS: Final = frozenset(
    {"start", "unstop", "empezar", "comenzar", "reply start", "please start", "start please"}
)
REVIEW_WORDS: Final = frozenset(
    {"x", "output", "the end", "fin", "ya no", "shut up", "spam", "junk", "scam", "this is spam", "fuck you"}
)
HOSTILE_EMOJI: Final = "🖕"

PLAYFUL_WORDS: Final = frozenset({"stop it", "stop that"})
"""Stop on their own; beside another sentence they may be laughter, and go to a person."""

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

_SLIPS_OF_STOP = {"s": "adwezxq", "t": "ryfg56", "o": "ipkl09", "p": "ol0"}


def _slips() -> frozenset[str]:
    """How a thumb misses STOP: a neighbouring key, letters swapped, one left out."""
    word = "stop"
    slips = {"sotp", "tsop", "stpo", "sto", "stp", "sop", "stopo", "stops", "stopt", "sstop"}
    for place, letter in enumerate(word):
        slips |= {word[:place] + other + word[place + 1 :] for other in _SLIPS_OF_STOP[letter]}
    return frozenset(slips - {"stop"}) | {"cancle", "canel", "cancal", "opt ou", "optou", "optouy", "optput"}


STOP_SLIPS: Final = _slips()

_MESSAGES = (
    r"(?:texts?|texting|txts?|txting|messages?|messaging|msgs?|sms|spam|spamming|notifications?|alerts?"
    r"|communications?|solicitations?|e ?mails?|mensajes|textos)"
)
_ME = r"(?:me|us|this|my|anymore|any more|again|here|him|her|them)"

STOP_PHRASES: Final = re.compile(
    "|".join(
        (
            # the messages are the object
            r"\b(?:stop|quit|end|cease|cancel|discontinue|halt)(?: (?:with|all|of|sending|me|us|these"
            r"|this|the|those"
            rf"|your|any|more|my|getting|receiving|damn|fucking|stupid|political|automated))* {_MESSAGES}\b"
            r"(?! (?:and|while) driving)",
            rf"\b(?:stop|quit|cease) (?:contacting|calling|writing|bothering|harassing|bugging"
            rf"|annoying|pestering"
            rf"|emailing|soliciting) {_ME}\b",
            r"\b(?:stop|quit|cease) (?:contacting|bothering|harassing|bugging|pestering|soliciting)$",
            r"\b(?:stop|quit) (?:calling|sending)$",
            r"\b(?:stop|quit) sending (?:me|us|this|these|stuff|crap|shit)\b",
            rf"\bno more (?:\w+ )?{_MESSAGES}\b|^no {_MESSAGES}(?: please| pls| thanks)?$",
            rf"\benough (?:with |of )?(?:the |these |your |all )*{_MESSAGES}\b",
            # told not to
            r"\b(?:dont|do not|never|not to|please not) (?:you )?(?:ever )?"
            rf"(?:text|txt|message|msg|contact|write|bother|e ?mail) {_ME}\b",
            r"\b(?:dont|do not|never) (?:ever )?call (?:me|us|this number|here|again)(?: again"
            r"| anymore| ever)?$",
            r"\b(?:dont|do not|didnt|no longer|never) (?:\w+ )?(?:want|wanna|wish|care|need)(?: to)?"
            rf" (?:get|receive|receiving|hear from|be contacted|be texted|be on"
            rf"|(?:any )?(?:more )?(?:of )?(?:these |your )?{_MESSAGES})\b",
            # lists and numbers
            r"\bremove (?:me|us|(?:my|this) (?:number|name|phone|cell|info|contact|email)"
            r"|from (?:the |your |this )?list)\b",
            r"\b(?:take|get|keep) (?:me|us|(?:my|this) (?:number|name|phone|cell|info)) off\b",
            r"\b(?:get|be|come) (?:off|removed from|taken off) (?:of )?(?:this|your|the) (?:\w+ )?list\b",
            r"\b(?:lose|delete|erase|forget|drop|scrub) (?:my|this) (?:\w+ )?(?:number|name|info"
            r"|information|contact|phone|data)\b",
            r"\b(?:drop|delete|erase|scratch) me\b",
            # legal and formal
            r"\b(?:revoke|withdraw|rescind|retract)(?: \w+)? (?:consent|permission|authorization)\b",
            r"\b(?:do not|dont|never) (?:\w+ )?(?:consent|have (?:my )?(?:permission|consent)|authorize)\b",
            r"\bcease and desist\b|\bcease (?:all )?(?:contact|communication)",
            r"\bunsubscribe\b|\bunsub\b|\bun subscribe\b",
            r"\bopt(?:ing)?(?: me| us)? ?out\b",
            # in anger
            r"\bleave (?:me|us) (?:alone|be)\b|\bgo away\b|\bget lost\b|\b(?:fuck|f|piss|buzz|bugger"
            r"|screw|eff) off\b",
            # asked of us
            r"\b(?:can|could|would|will) (?:you|u|yall|ya)(?: \w+)? (?:please )?stop$",
            r"\b(?:you|u|yall) (?:\w+ )?(?:need|have|ought) to (?:\w+ )?stop$|\byou (?:must|should) stop$",
            r"\bi (?:want|need|would like|asked|told|said) (?:\w+ )?(?:you|this|it|these"
            r"|them)(?: all)?(?: to)? stop$",
            r"^i (?:already )?said (?:to )?stop$|\b(?:please|pls|plz|just) (?:stop|quit|unsubscribe)$",
            r"\bhow (?:do|can) (?:i|we|you) (?:stop|end|cancel|turn off|get out of|opt|quit|make) "
            rf"(?:out|this|these|it|them|receiving|getting|the {_MESSAGES}|{_MESSAGES})\b",
        )
    )
)

STOP_PHRASES_SPANISH: Final = re.compile(
    "|".join(
        (
            r"\bno (?:me|nos) (?:escrib(?:a|as|an)|mand(?:e|es|en)|envi(?:e|es|en)|texte(?:e|es|en)"
            r"|contact(?:e|es|en)"
            r"|llam(?:e|es|en)|molest(?:e|es|en)|busqu(?:e|es|en))\b",
            r"\b(?:deja|deje|dejen|dejar|para|pare|paren|parar) de (?:escrib|mand|envi|text|llam"
            r"|molest|contact)\w*",
            r"\b(?:borr|quit|elimin|saqu|sac|remuev|retir|desuscrib)(?:a|e|en|ar)(?:me|nos)\b",
            r"\bme (?:quiten|quite|borren|borre|saquen|saque|eliminen)\b",
            r"\b(?:quit|borr|elimin|saqu|sac)(?:a|e|en) (?:mi|este|el) (?:numero|nombre|telefono)\b",
            r"\bno (?:quiero|deseo|queremos) (?:recibir|(?:mas )?(?:sus |estos )?(?:mensajes|textos)"
            r"|que me (?:escrib|mand|envi|contact|llam))",
            r"\bno mas (?:mensajes|textos|sms)\b|\bbasta de (?:mensajes|textos)\b",
            r"\b(?:dar(?:me)?|den(?:me)?|deme|dame|doy|denos) de baja\b",
            r"\bcancel(?:ar?|e|en)(?: mi| la| los| estos| mis)? (?:suscripcion|mensajes|textos)\b",
            r"\bdej(?:a|e|en)(?:me|nos) en paz\b|\bdesu(?:b)?scri\w*|\bdesinscri\w*",
        )
    )
)

STOP_PHRASES_FRENCH: Final = re.compile(
    "|".join(
        (
            r"\bdesabonn\w+|\bdesinscri\w+",
            r"\bne (?:me |m)(?:ecrivez|ecris|contactez|contacte|envoyez|envoie|textez|texte|appelez"
            r"|appelle) (?:plus|pas)\b",
            r"\barretez? (?:de (?:me|m)|vos|ces|les|tes) ?\w*",
            r"\bplus de (?:messages|textos|sms)\b|\bne (?:veux|souhaite) plus (?:recevoir|de)\b",
            r"\b(?:retir|enlev|supprim|efface)(?:ez|e|r)? (?:moi|mon numero)\b|\blaiss(?:ez"
            r"|e) moi tranquille\b",
        )
    )
)

QUOTED_INSTRUCTION: Final = re.compile(
    r"\b(?:reply|text|txt|send|type|respond|says?|saying)(?: with)? (?:stop|end|quit|unsubscribe)\b"
    r"(?: (?:to|2) (?:opt ?out|end|quit|cancel|unsubscribe|stop)\b)?"
    r"|\bstop ?(?:to|2) ?(?:opt ?out|end|quit|cancel|unsubscribe|stop)\b"
)
"""Our own footer, told back to us inside a longer sentence."""

NEGATED: Final = re.compile(
    r"\b(?:dont|do not|never|not|wont|will not|cant|cannot|didnt|wouldnt|shouldnt|doesnt"
    r"|without) (?:\w+ ){0,2}"
    r"(?:stop|quit|end|cancel|unsubscribe|unsub|opt|leave (?:me|us) alone|remove|take (?:me|us) off"
    r"|go away|delete"
    r"|drop|lose|block)\b"
    r"|\bno (?:pare[sn]?|dejen?|dejes|cancel\w+|detenga\w*|salir|baja|alto|me (?:quiten|borren|saquen))\b"
    r"|\bn(?:e )?arret\w+ pas\b"
)
"""The stop word is denied: "don't stop texting me"."""

SCOPED: Final = re.compile(
    r"\b(?:for|until|till|on|before|after|during|between|past|this) (?:the )?(?:\w+ )?(?:mon|tues?"
    r"|wednes|thurs?|fri|satur"
    r"|sun)(?:day)?\b|\b(?:until|till|before|after|during|between|at) (?:\w+ )?(?:\d+|noon|night|work"
    r"|midnight|morning)\b"
    r"|\b(?:today|tonight|tomorrow|this weekend|this week|so late|so early|at work|at night)$"
    r"|\bfor (?:the|this|that) (?:event|meeting|shift|phone ?bank|canvass|rally|call|training|trip"
    r"|bus|drive)\b"
)
"""Asked for one day or hour only: a person decides what was meant."""

WRONG_NUMBER: Final = re.compile(
    r"\bwrong (?:number|num|nbr|person|phone|guy|girl|lady|man|woman|cell)|\bwrong ?#|\bwrong no$|^wrong $"
    r"|\b(?:not|isnt|no longer) (?:my|his|her|their|the right|the correct) (?:phone |cell )?number\b"
    r"|\bno longer (?:at|on|has|have|uses|using|owns|with|his|her) (?:this )?(?:number|phone|cell)\b"
    r"|\b(?:doesnt|does not|dont|do not|didnt) (?:have|own|use|live at|answer) this (?:number|phone|cell)\b"
    r"|\b(?:new|changed) (?:owner|number) .*\bnot (?:him|her|them)\b|\bi just got this (?:number|phone)\b"
    r"|\b(?:no|nobody|no one)(?: one| body)? (?:here )?(?:by|with) that name\b|\bnot (?:him|her"
    r"|the person|who you)\b"
    r"|\b(?:numero|telefono) (?:equivocado|incorrecto|erroneo)\b|\bpersona equivocada\b"
    r"|\b(?:se )?equivo(?:co|caron|caste|cado) de (?:numero|persona)\b|\bya no (?:es su"
    r"|tiene este) (?:numero|telefono)\b"
    r"|\b(?:mauvais|faux) numero\b|\bmauvaise personne\b|\btromp\w+ de (?:numero|personne)\b"
)

DENIES_A_NAME: Final = re.compile(
    r"(?i:\b(?:do ?n.?t|do not) know (?:any|a|an|any ?one named|any ?body named)|\bi.?m not|\bi am not"
    r"|\bthis (?:is not|is ?n.?t)|\bno soy|\bje ne suis pas) "
    r"(?!(?:Republican|Democrat|Christian|Catholic|Muslim|Jewish|American|Hispanic|Latin|Spanish"
    r"|English|French|Sure"
    r"|Interested|Registered|Voting|Available|Trump|Biden|Mexican|Black|White|In\b|The\b|My\b|A\b"
    r"|It\b|Spam))"
    r"[A-Z][a-z]+\s*(?:[.,;!]|$)"
)
"""On the text with its capitals, accents folded: a name is one capitalised word that ends the clause."""

REVIEW_PHRASES: Final = re.compile(
    r"\b(?:why|por que|pourquoi) (?:are|r|do|did|would) (?:you|u|yall|they) (?:keep )?(?:text|messag"
    r"|contact|bother|spam)\w*"
    r"|\b(?:why|how come) (?:am i|do i|i am|im) (?:keep )?(?:get|receiv)\w+ (?:this|these|your|texts?"
    r"|messages?)"
    r"|\b(?:how|where) did (?:you|u|yall|they) (?:get|find|obtain) (?:my|this) (?:\w+ )?(?:number"
    r"|info|information|name|contact)"
    r"|\bwho gave (?:you|u) (?:my|this)\b|\bi (?:never|didnt|did not) (?:sign(?:ed)? up|subscribe"
    r"|agree|consent|opt)"
    r"|\bpor que me (?:escrib|mand|envi|contact|text)\w*|\b(?:como|de donde) (?:consig|obtuv|sac"
    r"|tien)\w+ mi (?:numero|telefono)"
    r"|\b(?:passed away|passed on|is deceased|has died|is dead)\b|^(?:he|she|my \w+) (?:died|passed)$"
    r"|\bdeceased\b"
    r"|\b(?:fallecio|murio)\b|\best (?:decede|mort)e?\b"
    r"|\b(?:harassment|harassing me|my lawyer|my attorney|tcpa|reporting (?:you|this)|report (?:you"
    r"|this)|sue you|suing)\b"
    r"|\b(?:blocking|blocked) (?:you|this|your)\b|\bthis is (?:spam|a scam)\b|\bfuck you\b"
    r"|^(?:just )?stop it\b|^cancel (?:that|it|this)\b|\bcancel (?:my|the) (?:membership|subscription"
    r"|account|registration)\b"
    r"|\b(?:when|will|does|would) (?:will )?(?:this|these|it|the texts|they) (?:ever )?stop\b"
    r"|\bmake (?:it|this|them) stop\b|\bthis (?:needs|has|must) (?:to )?(?:stop|end)\b"
    r"|\bstop(?:ping)? (?:me|us)\b"
)

OTHER_OBJECT: Final = _words(
    """
    the a an by at in on for and or to work sign signs light lights over off near our your his her
    their its those any some asian evict eviction evictions war wars deportation deportations hate
    gun police ice trump cop killing being letting giving having taking using making thinking
    talking playing trying fighting building funding smoking drinking time times next start watch
    bus train global climate racism genocide
    """
)
"""What follows a leading STOP when it is a slogan, a place or a plan."""
