"""The phrases by which people say stop or "wrong number", and those that deny or narrow it, as data.

Written, like the words, as `classify` sees a text. Each alternative names what it is an object of: a bare
"stop" anywhere would take every slogan for an opt-out.
"""

import re
from typing import Final

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
            r"\b(?:dont|do not|never) (?:ever )?send (?:me |us )?(?:any|more|anything|texts?"
            r"|messages?|msgs?|these|this|stuff)\b",
            rf"\b(?:done with|sick of|tired of|over) (?:all |getting |receiving |of |these |your "
            rf"|the )*{_MESSAGES}\b",
            r"\b(?:stop|quit) (?:blowing up|filling up|filling) my\b|\bblock my (?:number|phone)\b",
            # lists and numbers
            r"\bremove (?:me|us|(?:my|this) (?:number|name|phone|cell|info|contact|email)"
            r"|from (?:the |your |this )?list)\b",
            r"\b(?:take|get|keep) (?:me|us|(?:my|this) (?:number|name|phone|cell|info)) off\b",
            r"\b(?:get|be|come) (?:off|removed from|taken off) (?:of )?(?:this|your|the) (?:\w+ )?list\b",
            r"\b(?:lose|delete|erase|forget|drop|scrub) (?:my|this) (?:#|(?:\w+ )?(?:number|name|info"
            r"|information|contact|phone|data)\b)",
            r"\b(?:drop|delete|erase|scratch) me\b",
            # legal and formal
            r"\b(?:revoke|withdraw|rescind|retract)(?: \w+)? (?:consent|permission|authorization)\b",
            r"\b(?:do not|dont|never) (?:\w+ )?(?:consent|have (?:my )?(?:permission|consent)|authorize)\b",
            r"\bcease and desist\b|\bcease (?:all )?(?:contact|communication)",
            r"\bunsubscribe\b|\bunsub\b|\bun subscribe\b",
            r"\bopt(?:ing)?(?: me| us)? ?out\b",
            # in anger
            r"\bleave (?:me|us) (?:alone|be)\b|\bgo away$|^go away\b(?! (?:on|for|to|this|that|next"
            r"|in)\b)|^(?:\w+ )?get lost$|\b(?:fuck|f|piss|buzz|bugger"
            r"|screw|eff) off\b",
            # asked of us
            r"\b(?:can|could|would|will) (?:you|u|yall|ya)(?: \w+)? (?:please )?stop$",
            r"\b(?:you|u|yall) (?:\w+ )?(?:need|have|ought) to (?:\w+ )?stop$|\byou (?:must|should) stop$",
            r"\bi (?:want|need|would like|asked|told|said) (?:\w+ )?(?:you|this|it|these"
            r"|them)(?: all)?(?: to)? stop$",
            r"^i (?:already )?said (?:to )?stop$|\b(?:please|pls|plz|just) (?:stop|quit|unsubscribe"
            r"|remove)$"
            r"|^(?:please )?stop or (?:i|ill|im|we)\b"
            r"|\b(?:ask(?:ed|ing)?|told|telling|begging|beg) (?:you|u|yall)(?: guys| people"
            r"| all)? (?:\w+ )?to"
            r" (?:please )?(?:stop|quit)\b",
            rf"\bhow (?:do|can) (?:i|we|you) make (?:this|these|it|them|(?:the |these )?{_MESSAGES}) stop\b",
            r"\bhow (?:do|can) (?:i|we|you) (?:stop|end|cancel|turn off|get out of|opt|quit) "
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
            r"\b(?:quit|borr|elimin|saqu|sac)(?:a|e|en|ar) (?:mi|este|el) (?:numero|nombre|telefono)\b",
            r"\bno (?:quiero|deseo|queremos) (?:recibir|(?:mas )?(?:sus |estos )?(?:mensajes|textos)"
            r"|que me (?:escrib|mand|envi|contact|llam))",
            r"\bno (?:me |nos )?vuelvan? a (?:escrib|mand|contact|text|llam|envi)\w*|\bsalir de (?:la"
            r"|esta|su) lista\b",
            r"\b(?:suspend|deten|detien|termin)\w* (?:los |estos |sus |de mandar )?(?:mensajes|textos)\b",
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
    r"|without)"
    r" (?:(?!please|pls|plz|just|interested|voting)\w+ ){0,2}"
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
    r"|sun)(?:day)?\b|\b(?:until|till) \w+|\b(?:before|after|during|between"
    r"|at) (?:\w+ )?(?:\d+ ?(?:am|pm)?|noon|night|work"
    r"|midnight|morning)\b"
    r"|\b(?:today|tonight|tomorrow|this weekend|this week|so late|so early|at work|at night)$"
    r"|\b(?:from|off) (?:of )?(?:the |my |this |that )?(?:\w+ )?(?:(?:mon|tues|wednes|thurs|fri|satur"
    r"|sun)days?|shift"
    r"|event|rsvp|sign ?up|phone ?bank|canvass|meeting|rally|carpool|team|committee)\b"
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
    r"|\b(?:not|no longer|isnt|wasnt) (?:my|his|her|their|\w+s) (?:old |cell )?(?:number|phone"
    r"|cell)\b(?! ?bank)"
    r"|\b(?:nobody|no one|noone) (?:here )?(?:is )?(?:named|called)\b|\bnot who you think\b"
    r"|\bdoesnt live here\b"
    r"|\b(?:aqui no vive|no vive aqui|numero errado|no es (?:el|mi|su) (?:\w+ )?numero)\b"
    r"|\bpas (?:le bon|mon) numero\b|\berreur de (?:numero|personne)\b"
    r"|\b(?:mauvais|faux) numero\b|\bmauvaise personne\b|\btromp\w+ de (?:numero|personne)\b"
)

DENIES_A_NAME: Final = re.compile(
    r"(?i:\b(?:do ?n.?t|do not) know (?:any|a|an|any ?one named|any ?body named)|\bi.?m not|\bi am not"
    r"|\bthis (?:is not|is ?n.?t)|\bno soy|\bje ne suis pas|\bno conozco a(?: ningun[ao]?)?"
    r"|\bthere is no|^no)"
    r" (?!(?:Republican|Democrat|Christian|Catholic|Muslim|Jewish|American|Hispanic|Latin|Spanish"
    r"|English|French|Sure"
    r"|Interested|Registered|Voting|Available|Trump|Biden|Mexican|Black|White|In\b|The\b|My\b|A\b"
    r"|It\b|Spam))"
    r"[A-Z][a-z]+(?i: here| at this number| anymore| any more)?\s*(?:[.,;!]|$)"
)
"""On the text with its capitals, accents folded: a name is one capitalised word that ends the clause."""

REVIEW_PHRASES: Final = re.compile(
    r"\b(?:why|por que|pourquoi) (?:are|r|do|did|would) (?:you|u|yall|they) (?:keep )?(?:text|messag"
    r"|contact|bother|spam)\w*"
    r"|\b(?:why|how come) (?:am i|do i|i am|im) (?:keep )?(?:get|receiv)\w+ (?:this|these|your|texts?"
    r"|messages?)"
    r"|\b(?:how|where)(?: did|d) (?:you|u|yall|they) (?:get|find|obtain) (?:my|this) (?:\w+ )?(?:number"
    r"|info|information|name|contact)"
    r"|\bwho gave (?:you|u) (?:my|this)\b|\bquien (?:les|te|le) dio mi\b|\bwhy do (?:you"
    r"|u) have (?:my|this)\b"
    r"|\bnever (?:gave|given) (?:you )?(?:my )?(?:permission|consent)\b|^(?:i ?a?m )?no longer interested$"
    r"|^(?:please )?stop (?:until|till|for now)\b|\breport(?:ed|ing)? (?:it )?(?:as )?(?:spam|junk)\b"
    r"|\bgo to hell\b|\bi (?:never|didnt|did not) (?:sign(?:ed)? up|subscribe"
    r"|agree|consent|opt)"
    r"|\bpor que me (?:escrib|mand|envi|contact|text)\w*|\b(?:como|de donde) (?:consig|obtuv|sac"
    r"|tien)\w+ mi (?:numero|telefono)"
    r"|\b(?:passed away|passed on|is deceased|has died|is dead)\b|^(?:he|she|my (?:husband|wife|mom"
    r"|mother|dad|father|son|daughter|brother|sister|\w+parent)) (?:has |just )?(?:died|passed)(?:$"
    r"| in\b| last\b| on\b)"
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

LAUGHTER: Final = re.compile(
    "[\U0001f602\U0001f923\U0001f606\U0001f605]|\\b(?:lol|lmao|haha\\w*|jaja\\w*|omg)\\b", re.IGNORECASE
)
"""With "stop it", it means something else."""


def _gate(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# No phrase is in a text without one of its pattern's words, and looking words up is many times faster than
# searching, which most texts are spared so (a test draws phrases from the patterns and tries the gates).
STOP_GATE: Final = _gate(
    """
    stop quit end cease cancel discontinue halt text texts texting txt txts txting message messages messaging
    msg msgs sms spam spamming notification notifications alert alerts communication communications
    solicitation solicitations email emails mail mails mensajes textos dont not never didnt longer remove
    off list lose delete erase forget drop scrub scratch revoke withdraw rescind retract consent permission
    authorization authorize desist unsubscribe unsub un opt opting optout optingout alone leave away
    lost block
    """
)
WRONG_NUMBER_GATE: Final = _gate(
    """
    wrong number phone cell name named called him her them person who live numero telefono persona personne
    equivoco equivocaron equivocaste equivocado vive
    """
)
REVIEW_GATE: Final = _gate(
    """
    why pourquoi por how where howd whered who quien como donde never didnt not passed dead died deceased
    fallecio murio decede decedee mort morte harassment harassing lawyer attorney tcpa report reported
    reporting sue suing blocking blocked spam scam junk fuck hell stop stopping cancel longer end
    """
)
NAME_GATE: Final = _gate("know not isnt no soy suis conozco")
