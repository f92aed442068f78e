r"""The phrases by which people ask in English to be left alone, and what denies, narrows or redirects them.

Written, like the words, as `classify` sees a sentence. Each alternative names what it is an object of: a bare
"stop" anywhere would take every slogan for an opt-out. All phrases of a pattern begin with a word, which is
asked once, in front of all of them: so most letters cost one look and not fifty, and at the others what
begins with another letter is passed over. (`\b` would ask at the end of each word, too.)
"""

import re
from typing import Final

MESSAGES: Final = (
    r"(?:texts?|texting|messages?|messaging|sms|spam|spamming|notifications?|alerts?|communications?"
    r"|communicating|contact|solicitations?|e ?mails?|mensajes|textos|updates|blasts|robotexts?|subscription)"
)
_ME = (
    r"(?:me|us|this (?:number|phone|cell|line|person)|this$|my (?:\w+ )?(?:number|phone|cell|line|house)"
    r"|here|him|her|them|my (?:mom|mother|dad|father|wife|husband|son|daughter|kids?)|anymore|any more|again)"
)
_BOTHER = (
    r"(?:text|messag|contact|call|writ|bother|harass|bugg?|annoy|pester|e ?mail|solicit|spam|hitt|blow|ping"
    r"|dm|reach|hound|bombard|send|blast|stalk)"
)
_OURS = (
    r"(?:this|these|those|it|them|that|here|everything|all|(?:the |your |this |that |any |all |all of "
    r"|future )*"
    rf"(?:\w+ ){{0,2}}?(?:{MESSAGES}|lists?|call lists?|group(?: chat| text)?|chat|thread|database|system"
    r"|service|campaigns?|program|distribution|contacts?))"
)
_SELF = (
    r"(?:me|us|(?:my|this) (?:\w+ )?(?:number|name|phone|cell|info|information|contact|email|data|details))"
)

STOP_PHRASES: Final = re.compile(
    r"(?<!\w)(?:"  # once for all, as in all patterns of phrases
    + "|".join(
        (
            # the messages are the object
            r"(?:stop|quit|end|cease|cancel|discontinue|halt|terminate|turn off|shut off|deactivate|block)"
            r"(?: (?:with|all|of|sending|send|me|us|these|this|the|those|that|out|your|any|every|more|my|on"
            r"|getting|receiving|receive|get|damn|fucking|stupid|annoying|constant|unwanted|political"
            r"|automated"
            rf"|future|further|mass|group|text|sms|campaign|spam))* {MESSAGES}\b"
            r"(?! (?:and|while|or) driv)",
            rf"(?:stop|quit|cease)(?: \w+ing)? {_BOTHER}(?:ing|in|n)? (?:out to |up |at )?{_ME}\b",
            r"(?:stop|quit|cease) (?:texting|contacting|bothering|harassing|bugging|pestering|soliciting"
            r"|messaging|spamming|calling|sending)$",
            r"(?:stop|quit) send(?:ing)? (?:me|us|this|these|it|them|stuff|crap|shit|things|anything)\b",
            r"(?:stop|quit) (?:hitting|blowing|filling|clogging)(?: up)? my\b",
            r"no more (?!than )(?:of (?:these|those|this"
            rf"|your) ?)?(?:\w+ ){{0,3}}?{MESSAGES}\b(?! (?:for|from|about|to) )|^no more of (?:this"
            r"|these)$|^(?:please |ok )*no more(?: please| thanks| thank you| now)?$"
            r"|(?:for (?:the love of )?(?:gods?|christs?|fucks?|petes?|goodness)(?: sakes?)?|begging you"
            r"|i beg you)"
            r" (?:please )?stop$"
            rf"|^no {MESSAGES}(?: please| thanks)?$",
            rf"enough (?:with |of )(?:the |these |your |all )*{MESSAGES}\b",
            # told not to
            r"(?:dont|do not|never|not to|please not|not|no need to|rather you not|rather you didnt|didnt)"
            r" (?:you )?(?:ever |be |keep |please )?"
            r"(?:text|texting|message|messaging|contact|contacting|write|bother|bothering|email"
            rf"|hit) {_ME}\b",
            r"(?:dont|do not|never) (?:ever )?(?:text|message|contact|bother|hit) my\b",
            r"(?:dont|do not|never) (?:ever )?call (?:me|us|this number|here|again)(?: again"
            r"| anymore| any more| ever)?$",
            r"(?:dont|do not|didnt|no longer|never) (?:\w+ )?(?:want|wish|care|need|like)(?: to| you to)?"
            rf" (?:(?:get|getting|receive|receiving) (?:(?!to |a |the |my )\w+ ){{0,3}}?(?:{MESSAGES}|this"
            r"|these|them"
            r"|those|anything)|hear from (?:you|yall|this|anyone|anybody|your)|be contacted"
            r"|be texted|be messaged|be on|be part of|(?:text|message|contact)(?:ed|ing)? me"
            rf"|(?:any )?(?:more )?(?:of )?(?:these |your |the )?{MESSAGES})\b",
            r"(?:dont|do not|never) (?:ever )?send (?:me |us )?(?:any|more|anymore|no more|anything|texts?"
            r"|messages?|these|this|stuff)\b",
            r"no longer (?:want|wish for|need|care for) (?:these|this|your|any)\b",
            r"(?:dont|do not) text (?=after|before|until|at|during|so|on|late|early|past)",
            rf"(?:done with) (?:all |getting |receiving |of |these |your |the )*{MESSAGES}\b",
            r"block my (?:number|phone)\b",
            # lists and numbers
            rf"remove {_SELF}\b|remove from (?:the |your |this )?list\b|^remove (?:my|this) (?:number"
            r"|phone)\b",
            r"(?:be|me|us|name|number|please|get)(?: be| to be| is)? (?:removed|deleted|taken off"
            r"|unsubscribed"
            r"|opted out|erased)\b",
            r"(?:remove|delete|unsubscribe|erase) (?:us|it|them|this)$|^(?:please )?(?:remove|delete"
            r"|erase)(?: now)?$",
            rf"(?:take|get|keep|let|leave|kick|pull|knock|cut) {_SELF} (?:off|out|of)\b",
            r"(?:get|be|come|want|like) (?:off|out|removed from|taken off)(?: of)? "
            r"(?:this|your|the) (?:\w+ )?(?:list|group|chat|thread|texts?)\b",
            r"(?:lose|loose|delete|erase|forget|drop|scrub|purge|trash) (?:my|this) (?:#"
            r"|(?:\w+ )?(?:number|name"
            r"|info|information|contact|phone|data|digits)\b)",
            r"(?:delete|erase|unlist|unenroll|deregister) me\b|(?:drop|scratch) me(?:$| from| please)",
            r"(?:add|put|place) (?:me|us|(?:my|this) (?:number|phone|name)) (?:on|to|in) (?:\w+ ){0,2}"
            r"(?:do not|dont|no) (?:call|contact|text|solicit)\w*\b",
            r"block (?:me|us) (?:from|on)\b",
            # legal and formal
            r"(?:revok|withdraw|rescind|retract)(?:e|ing|s)?(?: \w+){0,2} (?:consent|permission"
            r"|authorization)\b",
            r"(?:consent|permission) (?:is|has been) (?:hereby )?(?:revoked|withdrawn)\b",
            r"(?:do not|dont|never) (?:\w+ )?(?:have (?:my )?(?:permission|consent)|consent|authorize)"
            r"(?:$| (?:to (?:be|being|receiv|get|your|these|this|any|text|messag|communic|contact|sms)"
            r"|this|these|you"
            r"|your|any))",
            r"cease and desist\b|cease (?:all )?(?:contact|communication)"
            r"|^(?:please )?discontinue(?: please)?$",
            r"(?:i (?:already )?|(?:want|like|wish|need|trying|tryna|tried|how|please|to|and|do i|can i"
            r"|just|me) )?unsubscribe\b|unsub\b|un subscribe\b",
            r"opt(?:ing)?(?: me| us| my number| this number)? ?out\b",
            # in anger
            r"leave (?:me|us) (?:alone|be|the (?:fuck|hell|heck) alone|tf alone)\b"
            r"|leave (?:my|this) (?:\w+ )?(?:number|phone) alone\b|go away$|^go away\b(?! (?:on|for|to"
            r"|this|that"
            r"|next|in|party)\b)|^(?:\w+ )?get lost$|(?:fuck|piss|buzz|bugger|screw|eff) off\b|^f off\b",
            # asked of us
            r"(?:can|could|would|will) (?:you|yall)(?: \w+)? (?:please )?(?:stop|quit)(?: (?:it|this"
            r"|now))?$",
            r"^(?:you|yall) (?:\w+ )?(?:need|have|ought) to (?:\w+ )?stop$|^you (?:must|should) stop$",
            r"i (?:want|need|would like|asked|told|said) (?:\w+ )?(?:you|this|it|these)"
            r"(?: all)?(?: to)? stop$",
            r"i(?:ve)? (?:have )?(?:already |just |even )?(?:said|sent|replied|typed|wrote|texted"
            r"|responded|put"
            r"|answered|told (?:you|yall)|asked (?:you|yall)?)"
            r"(?: (?:with|the word|you|yall|to|twice|already))* (?:stop|unsubscribe)\b"
            r"(?! (?:by|at|sign|in|the|for|on|and|evict))",
            r"(?:been|have|ive|already|times) (?:\w+ )?(?:told|asked|warned|requested) (?:you "
            r"|yall )?(?:\w+ )?(?:to )?"
            r"(?:stop$|quit$|be removed|stop (?:texting|messaging|contacting)|be taken|take me|remove)",
            r"^stop (?:i|im|ive|we|wrong|already|please|no|dont|do|not interested|ill|thank|thanks"
            r"|and (?:remove|delete"
            r"|lose|take))\b(?! (?:at|cant believe))",
            r"not interested (?:so |and |please |just )*(?:stop|quit|remove|unsubscribe)\b",
            r"(?:please|just) (?:stop|quit|unsubscribe|remove|cease)$|^(?:please )?stop or (?:i|ill|im"
            r"|we)\b"
            r"|(?:ask(?:ed|ing)?|told|telling|begging|beg) (?:you|yall)(?: guys| people"
            r"| all)? (?:\w+ ){0,2}to"
            r" (?:please )?(?:stop|quit|remove|take)\b",
            r"make (?:this|these|it|the texts|the messages|all this|these texts) stop$",
            r"how (?:do|can|would|to)(?: i| we| you| one)? (?:make|get) (?:this|these|it|(?:the |these "
            r"|your )?"
            rf"{MESSAGES})(?: to)? stop\b",
            r"how (?:do|can|would|to)(?: i| you| one)? (?:stop|end|cancel|turn off|get out of|get off"
            r"|opt|quit) "
            rf"(?:out|these(?: {MESSAGES})?|receiving|getting|(?:this|the|your|of) {MESSAGES}|{MESSAGES}"
            r"|(?:of |off )?(?:this|your|the) (?:\w+ )?(?:list|group|chat|thread))\b",
            r"(?:like|want|wish|need|prefer|trying) to (?:stop|quit|not|no longer|discontinue) "
            r"(?:get|receiv|be |hear|these|being)",
            r"i (?:want|would like|d like|wish) (?:to be )?(?:out|off|removed|taken off)$"
            r"|^want (?:off|out)$|^i want (?:off|out)\b",
        )
    )
    + ")"
)

QUOTED_INSTRUCTION: Final = re.compile(
    r"\b(?:reply|text|send|type|respond|says?|saying)(?: with)? (?:stop|end|quit|unsubscribe)\b"
    r"(?: (?:to|2) (?:opt ?out|end|quit|cancel|unsubscribe|stop)\b)?"
    r"|\bstop ?(?:to|2) ?(?:opt ?out|end|quit|cancel|unsubscribe|stop)\b"
    r"|\b(?:hit|sent|texted|pressed|typed|replied|put|said|pushed|clicked)(?: on)? (?:stop|unsubscribe|end)"
    r" (?:by|on) (?:accident|mistake|error)\b"
    r"|\b(?:accidentally|mistakenly) (?:\w+ )?(?:stop|unsubscribed?|opt(?:ed)? out)\b"
    r"|\b(?:puse|mande|escribi|envie) (?:stop|alto|baja) (?:por|sin) (?:error|accidente|equivocacion"
    r"|querer)\b"
)
"""Our own footer, told back to us inside a longer sentence; or a STOP of before, taken back."""

NEGATED: Final = re.compile(
    r"\b(?:dont|do not|never|not|wont|will not|cant|cannot|didnt|wouldnt|shouldnt|doesnt|arent|isnt|aint"
    r"|wasnt|without|refuse to|refuses to|no reason to|before i|instead of|rather than|thinking (?:about"
    r"|of)|considering"
    r"|tempted to|might|may)"
    r" (?:(?!please|just|interested|voting|text|message|contact|or|and|so|but|i)\w+ ){0,2}"
    r"(?:stop|quit|end|cancel|unsubscribe|unsub|opt(?:ing)?|leave (?:me|us) alone|remove|take (?:me|us) off"
    r"|revoke|turn off|discontinue|go away|delete|drop|lose|block|mak(?:e|ing) (?:it|this) stop"
    r"|be (?:removed|deleted|taken))\b"
    r"|\bno (?:pare[sn]?|dejen?|dejes|dejan?|cancel\w+|detenga\w*|salir|baja|alto|me (?:quiten?|borren|saquen"
    r"|quites|eliminen))\b"
    r"|\bn(?:e )?arret\w+ pas\b"
)
"""The stop word is denied: "don't stop texting me"."""

_OTHERS = (
    r"(?:(?:my|the|our|your|his|her|their|a|this|that|mi|el|la|los) )?(?:\w+ )?(?:landlords?|landlady"
    r"|managers?"
    r"|management|super|owners?|company|boss|bosses|neighbors?|cops?|police|ice|sheriff|court|judge"
    r"|collectors?"
    r"|agency|city|mayor|council|governor|senator|congress|trump|biden|republicans|democrats|politicians"
    r"|developers?|ex|husband|wife|son|daughter|kids?|mom|dad|boyfriend|girlfriend|brother|sister|guy|he|she"
    r"|they|somebody|someone|who|people|casero|dueno|duena|patron|administrador\w*|vecin[oa]s?|policia|migra"
    r"|jefe|esposo|ellos|compania)"
)
THIRD_PARTY: Final = re.compile(
    rf"(?:\b{_OTHERS}(?: (?:to|wont|dont|doesnt|didnt|never|will|would|should|must|can|could|may|might|has"
    r"|had"
    r"|have|ever|also|all|just|even|needs? to|has to|have to|had to|wants? to|wanted to|tried to|trying to"
    r"|tries to|is trying to|are trying to|threatened to|threatening to|is going to|are going to|going to"
    r"|keeps? trying to|said (?:he|she|they)(?:ll| will| would)|ll|quiere|quieren|va a|van a|trato de"
    r"|trata de"
    r"|tratan de|intenta|intentan|puede|pueden|quiso|quisieron|amenazo con|me))?"
    r"|\b(?:get|getting|make|making|want|need|have|got) (?:him|her|them)(?: to)?"
    r"|\b(?:tell|told|ask|asked|telling|asking) (?:him|her)(?: to)?"
    r"|\b(?:help|let) (?:us|me|we)(?: to)?|\b(?:we|well|lets|gotta|us to)(?: (?:can|should|must|need to"
    r"|have to"
    r"|will|all|could|gotta|wont))?|\btell [\w ]{2,20} to) (?:\w+ly )?$"
)
"""Right before the phrase: somebody else does it, or is to do it, so it is no word to us."""

_OTHER_THING = (
    r"(?:the|my|our|a|an|his|her|their|that|this|any|all|mi|la|el|su|mis|las|los)"
    r" (?!(?:\w+ ){0,3}?(?:lists?|group|chat|thread|database|system|campaign|program|contacts?|phone"
    r"|number|service|sistema|base|registro|archivos?|directorio|contactos|campana|mailing|directory"
    r"|files?|end|roster|registry|distribution|union|organization|org|committee|team|people|above|"
    rf"{MESSAGES}|lista|grupo|mensajes|textos|numero|union)\b)"
)
OTHER_OBJECT: Final = re.compile(
    rf"^(?: (?:of|from|off|out of|de|del))(?: of)? {_OTHER_THING}\w+"
    r"|^ (?:of|from|off|out of) (?!(?:\w+ ){0,3}?(?:this|these|it|everything|all|here|your|yalls|you"
    r"|future|further"
    r"|any|anymore|whatever|that|texts?|messages?|texting|receiving|getting|contact|lists?)\b)\w+"
    r"|^ (?:from|by) (?:my|the|our|his|her|a|some) (?:\w+ )?(?:landlord|manage\w+|owner|company|boss"
    r"|court|city"
    r"|collector|agency|super|building|ex|attorney|lawyer)"
    r"|^ (?:the|a|an|your|that|those) (?:\w+ )?(?:address|link|time|date|details|info|photo|picture|pic"
    r"|number|agenda|flyer"
    r"|form|bill|invoice|directions|screenshot)\b"
    r"|^ (?:this|that|the|my|their|his) (?:\w+ )?(?:lease|case|house|building|apartment|property"
    r"|contract|loan"
    r"|bus|train|mess|debt)\b"
    r"|^ (?:speaker|phone ?bank\w*|canvass\w*|door|shift|cleanup|driver|snack|kitchen|volunteer|carpool)\b"
    r"|^ (?:(?:off|out|of) )*(?:the |my |your |that )?(?:snack|hook|eviction|speaker|guest|agenda|schedule"
    r"|lease|waiting|wait|sign ?up"
    r"|volunteer|carpool|door|food|chore)\b"
    r"|^ (?:(?:off|out|of|from) )*(?:the|my|our|their) (?:\w+ ){0,2}records?\b"
)
"""Right after a phrase: what they want out of is nothing of ours."""

SCOPED: Final = re.compile(
    r"\b(?:for|until|till|on|before|after|during|between|past|this) (?:the )?(?:\w+ )?(?:mon|tues?"
    r"|wednes|thurs?|fri|satur"
    r"|sun)(?:days?)?\b|\b(?:until|till) \w+|\b(?:before|after|during|between"
    r"|at) (?:\w+ )?(?:\d+ ?(?:am|pm)?|noon|night|work"
    r"|midnight|morning)\b"
    r"|\b(?:today|tonight|tomorrow|this weekend|this week|so late|so early|at work|at night|this late"
    r"|this early"
    r"|right now)$"
    r"|\b(?:from|off) (?:of )?(?:the |my |this |that )?(?:\w+ )?(?:(?:mon|tues|wednes|thurs|fri|satur"
    r"|sun)days?|shift"
    r"|event|rsvp|sign ?up|phone ?bank|canvass|meeting|rally|carpool|team|committee)\b"
    r"|\bfor (?:the|this|that) (?:event|meeting|shift|phone ?bank|canvass|rally|call|training|trip"
    r"|bus|drive)\b|\b(?:while|when) (?:i|im|hes|shes|he|she)\b"
    r"|\b(?:ahorita|hasta|manana|hoy|en la noche|de noche|despues de|antes de|a esta hora|tan (?:tarde"
    r"|temprano)"
    r"|en (?:el )?trabajo)\b"
)
"""Asked for one day or hour only: a person decides what was meant."""

REDIRECTED: Final = re.compile(
    r"\b(?:text me|text (?:is|works|would)|send (?:me )?a text|texting is|(?:use|try) (?:this|my"
    r"|the) (?:one|other|new"
    r"|number)|(?:my|the|this) (?:other|new) (?:one|number|phone)|mejor (?:\w+ )?(?:mand|escri|text|mensaj"
    r"|por mensaj)\w*"
    r"|mejor a este|este otro"
    r"|(?:mande|manda|escriba|escribe|textee)me(?: \w+)? ?(?:texto|mensaje|al|por)?)\b"
)
"""After "don't call me": another way is fine, so they want to be reached."""


def gate(pattern: str) -> frozenset[str]:
    """The beginnings, four letters at most, of the words without one of which no phrase can be."""
    return frozenset(word[:4] for word in pattern.split())


# Looking up how words begin is many times faster than searching, which most texts are spared so (a test
# draws phrases from the patterns and tries the gates).
STOP_GATE: Final = gate(
    """
    of beg begging take stop quit end cease cancel discontinue halt terminate turn shut deactivate
    text texts message sms spam notification alert communication contact solicitation email mail mails
    mensajes textos updates blasts robotext subscription dont not never didnt longer remove off out
    list lose loose delete erase forget drop scrub purge trash unlist unenroll deregister revok
    withdraw rescind retract consent permission authorization authorize desist unsubscribe unsub un
    opt opting optout optingout alone leave away lost block group chat thread no scratch
    """
)
