"""The phrases for everything but a plain stop: wrong numbers, coming back, and what a person must read."""

import re
from typing import Final

from textbank.sms.phrases import MESSAGES, gate

_COURTESY = (
    r"(?:please|thanks|thank|you|sorry|hi|hello|hey|ok|okay|sir|maam|really|just|guys|at|this|time|dude"
    r"|man|bro"
    r"|honestly|seriously|tbh|lol|gracias|por|favor|porfa|disculpe|hola|perdon|la|verdad|well|um|ugh|but"
    r"|and|no)"
)

WRONG_NUMBER: Final = re.compile(
    r"(?<!\w)(?:"
    r"(?:wrong|incorrect) (?:number|num|nbr|person|phone|guy|girl|lady|man|woman|cell|party|individual"
    r"|contact)"
    r"\b(?! (?:of|on|for the|in|listed|to (?:the|my)))|wrong ?#|wrong no$|^wrong $"
    r"|(?:not|isnt|no longer|wasnt) (?:my|his|her|their|the right|the correct|\w+s)"
    r" (?:old |cell |phone )?(?:number|phone|cell)\b(?! ?bank)"
    r"|no longer (?:at|on|has|have|uses|using|owns|with|his|her) (?:this )?(?:number|phone|cell)\b"
    r"|(?:doesnt|does not|dont|do not|didnt) (?:have|own|use|live at|answer"
    r"|belong to) (?:this )?(?:number|phone"
    r"|cell)\b"
    r"|(?:number|phone|cell) (?:doesnt|does not|no longer|didnt|dont) belongs? to\b"
    r"|(?:number|phone|cell) (?:used to be|used to belong|was (?:re ?)?assigned|got reassigned"
    r"|was given to me"
    r"|is mine now|changed owners|has a new owner|belongs to (?:someone|somebody) else)\b"
    r"|(?:whoever|who) (?:had|has|owned|used) (?:this|the) (?:number|phone)\b"
    r"|(?:previous|prior|former|last) (?:owner|person|user)(?: \w+){0,2} (?:number|phone)?"
    r"|(?:ive had|i have had|i had|had) (?:this|the same) (?:number|phone|cell) (?:for|since|over)\b"
    r"|(?:looking|trying|asking|reach\w*|texting)(?: (?:for|to reach|to text|to contact))? (?:someone"
    r"|somebody) else\b"
    r"|not (?:the person|who) you\w*\b|^not my name$"
    r"|(?:new|changed) (?:owner|number|phone) .*\bnot (?:him|her|them)\b"
    r"|i just got this (?:number|phone)\b|new (?:number|phone) .*\bdont know (?:her|him|them|that|this"
    r"|who)\b"
    r"|(?:dont|do not) know (?:her|him|this person|that person)\b.*\bnumber\b"
    r"|(?:no|nobody|no one)(?: one| body)? (?:here )?(?:by|with|named|called|of) (?:that name|this name)\b"
    r"|not (?:him|her)$|not who you\b|^not me$|thats not (?:me|my name)$"
    r"|(?:nobody|no one|noone) (?:here )?(?:is )?(?:named|called|here named)\b"
    r"|(?:there is|theres) (?:no|nobody|no one) (?:by|with|here|named|called|at this) "
    r"|doesnt live (?:here|at this)\b|(?:my name isnt|my name is not|thats not my name) ?"
    r"|(?:i think|you) (?:you )?(?:have|got|texted|reached|called|dialed|messaged) (?:the wrong"
    r"|somebody else|"
    r"someone else|the incorrect)\b(?! \w+ (?:on|in|of))"
    # Spanish
    r"|(?:numero|telefono) (?:equivocado|incorrecto|erroneo|errado)\b(?! (?:de|en|del)\b)"
    r"|persona equivocada\b"
    r"|(?:se |te |esta |estan |estas )?equivo(?:co|caron|caste|cado|cada|cados) de (?:numero|persona"
    r"|telefono)\b"
    r"|^(?:esta|estan|estas|yo no soy \w+) equivocad[oa]s?$"
    r"|ya no (?:es (?:su|el|de)|tiene este|le pertenece|es el) ?(?:numero|telefono)?\b"
    r"|(?:numero|telefono|celular) (?:ya )?no (?:es (?:de|el|mio)|le pertenece|pertenece)\b"
    r"|(?:aqui no vive|no vive aqui|no es (?:el|mi|su) (?:\w+ )?(?:numero|telefono)|no hay nadie (?:con"
    r"|que))\b"
    r"|(?:no hay ningun[ao]?|no existe ningun[ao]?|no conozco a (?:ningun[ao]?|nadie|esa|ese))\b"
    r"|no soy (?:esa|ese|la|el) (?:persona|senora?|que)\b|ese no soy\b|(?:acaban de|me) (?:dar|dieron)"
    r" este numero\b|este (?:es|numero es) (?:nuevo|ahora mio|mio ahora)$"
    r"|numero (?:era|perteneci\w+) (?:de|a) (?:otra|alguien)\b|busca a otra persona\b"
    # French
    r"|pas (?:le bon|mon) numero\b|erreur de (?:numero|personne)\b"
    r"|(?:mauvais|faux) numero\b|mauvaise personne\b|tromp\w+ de (?:numero|personne)\b"
    r")"
)

OUR_OWN_SLIP: Final = re.compile(
    r"\bi (?:\w+ )?(?:called|dialed|texted|gave|wrote|put|had|typed|sent|entered"
    r"|listed)(?: \w+){0,2} (?:the |a |my )?"
    r"wrong\b|\b(?:dije|di|puse|marque|llame)(?: \w+){0,2} numero equivocado\b"
)
"""Whoever wrote was themselves at a wrong number, or gave one."""

DENIES: Final = re.compile(
    r"(?:^(?:sorry |hi |hello |hey |no )*(?:not|wrong)|^(?:sorry |hi )*no(?= \w+ (?:here|at this|lives))"
    r"|\b(?:im not|i am not|this is not|this isnt|this aint|it isnt|its not|no soy|je ne suis pas|(?:dont"
    r"|do not) know"
    r"(?: (?:any|a|an|any ?one named|any ?body named|who))?|conoz?[cs]?o a(?: ningun[ao]?)?|there is no"
    r"|theres no"
    r"|got the wrong|have the wrong|hay ningun[ao]?)) (?P<name>\w+)"
    r"(?: (?:here|at this number|anymore|any more|is|lol|sorry|thanks|haha\w*|bro|dude|hun|man"
    r"|lives here))?(?P<rest> .*)?$"
)
"""On a clause: who they say they are not. Without capitals only a known first name is taken for one."""

NAMED_IN_CAPITALS: Final = re.compile(
    r"\b(?:not|isn.?t|ain.?t|know(?: (?:any|a|an|who|any ?one named|any ?body named))?|no soy|suis pas"
    r"|conozco a"
    r"(?: ningun[ao]?)?|is no|.s no|the wrong|hay ningun[ao]?) "
    r"(?!(?:Republican|Democrat|Christian|Catholic|Muslim|Jewish|American|Hispanic|Latin|Spanish|English"
    r"|French"
    r"|Sure|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|May|June"
    r"|July"
    r"|August|September|October|November|December|Interested|Registered|Voting|Available|Trump|Biden|Mexican"
    r"|Black|White|Section|Elm|Oak|Main|In\b|The\b|My\b|A\b|It\b|I\b|Spam))"
    r"[A-Z][a-z]+(?: here| at this number| anymore| any more| is| lol| sorry| thanks)?\s*(?:[.,;!]|$)"
)
"""On the text as written, accents folded: one capitalised word that ends the clause, after a small one."""

START_PHRASES: Final = re.compile(
    r"(?<!\w)(?:"
    r"^(?:(?:please|yes|hi|hello|ok) )*(?:unstop|start|subscribe|resubscribe|re subscribe|opt (?:me )?in"
    r"|optin"
    r"|start again|start over|restart|rejoin|reactivate)(?: (?:me|please|again|thanks|back|now|texts"
    r"|messages))*$"
    r"|(?:start|resume|restart|begin) (?:texting|messaging|sending|contacting)(?: \w+){0,3} (?:again"
    r"|back)\b"
    rf"|(?:start|resume|restart) (?:getting|receiving|the|my|your)? ?(?:\w+ )?{MESSAGES} ?(?:again)?$"
    r"|(?:sign|put|add|opt|subscribe|let|get|bring|enroll) (?:me|us|my number) back (?:up|in|on|to)?\b"
    r"|(?:add|sign|put) (?:me|us) back\b|resubscribe (?:me|us|my)\b|(?:opt|opting) (?:me )?back in\b"
    r"|(?:re ?enroll|reinstate|reactivate) (?:me|us|my)\b"
    rf"|(?:want|like|love|wish) to (?:get|receive|start getting|hear)(?: \w+){{0,2}} (?:{MESSAGES} )?"
    r"(?:from you )?again$"
    r"|(?:want|like) (?:to (?:opt|come|get|be) )?back (?:in|on)\b(?! (?:the|my|their|touch))"
    r"|(?:didnt mean to|never meant to) (?:\w+ ){0,2}(?:stop|unsubscribe|opt out)\b"
    # Spanish
    r"|^(?:iniciar|inicio|reiniciar|suscribir(?:me)?|suscribanme|inscribanme|reanudar)(?: \w+){0,3}$"
    r"|(?:quiero|quisiera|me gustaria) (?:volver a|otra vez|de nuevo) (?:recibir|suscribirme"
    r"|los mensajes|estar)"
    r"|(?<!no )(?<!no me )\bvuelvan? a (?:apuntar|inscribir|suscribir|agregar|poner|anotar|meter)(?:me)?\b"
    r"|quiero (?:recibir|los)(?: \w+){0,2} (?:otra vez|de nuevo|nuevamente)\b"
    r"|(?:apunt|agreg|anot|inscrib|suscrib|pong|met)\w*(?:me|nos) (?:otra vez|de nuevo|nuevamente"
    r"|de vuelta)\b"
    r")"
)

_DEAD = (
    r"(?:(?:has |just |already )*(?:died|passed|passed away|passed on)"
    r"|(?:is|has been) (?:dead|deceased|gone))"
)
# Words that say too little on their own are heard only where they are all that somebody writes.
REVIEW_WHOLE: Final = re.compile(
    rf"(?:{_COURTESY} )*(?:"
    r"(?:im |i am |we are |were )?(?:not|no longer) (?:at all |really |that )?interested(?: anymore| in this"
    r"| at all)?|no (?:longer )?interest|zero interest"
    r"|(?:im|i am) (?:so |all )?(?:done|over it|over this|done with (?:you|this|yall|all of)(?: \w+){0,3}"
    r"|out)"
    r"|i (?:already )?(?:said|told (?:you|yall)) (?:no|nope|im not interested|already)"
    r"|(?:already )?said no|i (?:dont|do not) want (?:this|it|these|that|any|any of this|any of it)"
    r"|(?:please )?dont|not again|(?:really )?again(?: really)?|you again|yall again|enough|enough already"
    r"|thats enough|ive had enough|had enough|too much"
    r"|(?:so |getting |im |i am |really |just )*(?:sick|tired|fed up) (?:of|with) (?:this|it|you|yall"
    r"|these|hearing"
    r"(?: \w+){1,2}|(?:all )?(?:the|these|your) (?:\w+ )?texts)"
    r"|this is (?:getting )?(?:so |really |very |super )*(?:annoying|ridiculous|harassment|too much|excessive"
    r"|intrusive|creepy|illegal)|(?:so |very |really )*annoying|(?:maybe )?stop maybe|maybe stop"
    r"|(?:this|it) (?:needs|has|must) (?:to )?(?:stop|end)|stop it (?:lol|omg|haha\w*|jaja\w*)"
    r"|cancel (?:that|it|this)"
    r"|shut up|go to hell|screw (?:you|off|yall)(?: \w+)?|fuck (?:you|off|yall|u)(?: \w+)?|bite me|kick rocks"
    r"|basta|ya basta|ya estuvo(?: bueno)?|ya fue suficiente|suficiente|que no|ya dije que no"
    r"|ya les dije que no"
    r"|ya te dije que no|no me interesan?(?: \w+){0,3}|no estoy interesad[oa]|sin interes|no quiero(?: nada)?"
    r"|otra vez (?:ustedes|con lo mismo)|ustedes otra vez|que (?:fastidio|molestia|lata|pesad[oa]s?"
    r"|molest[oa]s)"
    r"|(?:ya )?(?:me canse|estoy hart[oa]|estoy cansad[oa])(?: de (?:esto|ustedes|sus \w+|tantos? \w+))?"
    r"|(?:ya )?me tienen? (?:hart[oa]|cansad[oa])(?: \w+){0,3}|no insistan?|ya callense|callense|fastidian"
    r"|(?:vayanse|vete|vayase|larguense) (?:al|a la|a) (?:\w+)(?: \w+)?|chingu?en? a su madre|chinga tu madre"
    rf"|no necesito esto|esto es (?:acoso|spam|molesto|abuso|hostigamiento|una molestia))(?: {_COURTESY})*"
)

REVIEW_PHRASES: Final = re.compile(
    r"(?<!\w)(?:"
    r"(?:why|por que|porque|pourquoi) (?:the (?:hell|fuck) )?(?:are|do|did|would|is) (?:you|yall|this) "
    r"(?:\w+ ){0,2}?(?:keep |always |even |still )?(?:text|messag|contact|bother|spam)\w* ?(?:me|us|my)?"
    r"(?!(?: \w+){0,3} (?:rent|landlord|meeting|late))"
    r"|(?:why|how come) (?:am i|do i|i am|im|are we)(?: \w+)? ?(?:keep )?(?:get|receiv)\w+ "
    r"(?:this$|these$|your|texts?|messages?|these texts|these messages|this text|this message)"
    r"|(?:how|where)(?: did|d) (?:you|yall|they) (?:even |all )?(?:get|find|obtain) (?:my"
    r"|this) (?:\w+ )?(?:number"
    r"|info|information|name|contact)|how do you have my (?:\w+ )?number"
    r"|who (?:the \w+ )?gave (?:you|yall|them) (?:my|this)\b|quien (?:les|te|le) dio (?:mi|este)\b"
    r"|why do (?:you"
    r"|yall) have (?:my|this)\b"
    r"|never (?:gave|given) (?:you |anyone |it )?(?:\w+ )?(?:my )?(?:permission|consent|number|to you)\b"
    r"|^(?:please )?stop (?:until|till|for now)\b|report(?:ed|ing)? (?:\w+ )?(?:as )?(?:spam|junk)\b"
    r"|^i (?:never|didnt|did not|dont (?:remember|recall)) (?:\w+ )?(?:sign(?:ed|ing)? up|subscrib\w+"
    r"|agree\w*|consent\w*|opt\w*|ask\w* for)(?: (?:for|to) (?:this|these|that|any|anything|your|texts?|it"
    r"|be).*)?$"
    r"|(?:yo )?nunca (?:me )?(?:apunte|suscribi|inscribi|registre|pedi|autorice|di mi)(?: a| esto| para)?"
    r"|(?:por que|porque) me (?:estan?|siguen|andan) (?:escribi|manda|envia|contacta|textea|llama)\w*"
    r"|how many times (?:do|must|have) i\b|howd (?:you|yall|they) (?:get|find) (?:my|this)"
    r"|(?:you|yall)(?: (?:people|guys|all))? (?:keep |always |constantly )?(?:text|message|contact"
    r"|bother)(?:ing)? me"
    r" (?:every|all|constantly|nonstop|non stop|so|at all)"
    r"|por que (?:ustedes )?me (?:siguen )?(?:escrib|mand|envi|contact|text)\w*|porque me (?:siguen )?"
    r"(?:escriben|mandan|envian|contactan)\w*|(?:como|de donde) (?:consig|obtuv|sac|tien|agarr)\w+ (?:mi"
    r"|este) (?:numero|telefono)"
    r"|(?:los|te|las|lo) voy a (?:reportar|demandar|bloquear|denunciar)\b|voy a (?:reportar"
    r"|bloquear)los\b"
    rf"|(?:mandan|envian|escriben|son) (?:muchos|demasiados|tantos|un monton de) {MESSAGES}\b"
    r"|^mandan mucho$"
    rf"|(?:too many|so many|way too many|all these|constant|nonstop|endless|these constant) {MESSAGES}\b"
    r"(?! (?:from|by|in|on) (?:my|the|our|this))"
    r"|(?:you|yall|guys|people) (?:\w+ )?(?:text|message|contact)(?:ing)? (?:me )?(?:way "
    r"|far )?too (?:much|often"
    r"|many)\b|(?:you|yall|youre|your)(?: guys| people)?(?: are| is)? (?:\w+ )?(?:annoying|relentless"
    r"|spamming"
    r"|harassing"
    r"|stalking|scammers?|bothering|creeps?|spammers?)\b"
    rf"|how many more (?:of these|times|{MESSAGES})\b|(?:do i|will i|am i) (?:have to "
    r"|going to )?keep (?:getting"
    r"|receiving)\b"
    r"|(?:sick|tired|fed up) (?:of|with) (?:all |getting |receiving |of |these |your "
    rf"|the )*(?:political )?{MESSAGES}\b"
    r"(?! (?:from|by|in|on) (?:my|the|our|this))"
    r"|(?:thinking|thought) (?:about|of) (?:opting|unsubscribing|stopping these|quitting these)"
    r"|^(?!.*\b(?:phone|battery|car|computer|laptop|wifi|internet|line|it|cell|signal|tablet|dog|cat|app"
    r"|call)\b)"
    r"(?:he|she|my (?:\w+ )?(?:husband|wife|mom|mother|dad|father|son|daughter|brother|sister|uncle|aunt"
    r"|\w+parent"
    rf"|grand\w+)|[\w]+) (?:\w+ )?{_DEAD}(?: (?:in|last|on|this|two|three|a|years?|months?|weeks?|ago|away"
    r"|\w+day|\w+ber|january|february|march|april|may|june|july|august|year|month|week|\d+))*$"
    r"|(?:person|owner)(?: \w+){0,4} (?:is deceased|died|passed away|has passed)\b"
    r"|^(?:deceased|is deceased|dead)$"
    r"|^(?:mi (?:\w+ )?|ella |el |su |la |ya )?(?:\w+ )?(?:ya )?(?:fallecio|murio)(?: (?:en|hace|el|la"
    r"|este|ya) .*)?$"
    r"|est (?:decede|mort)e?\b"
    r"|^this is harassment$|^(?:please )?(?:stop|quit) harassing\b|(?:hear from|hearing from"
    r"|calling|contacting|call|contact) my (?:lawyer|attorney)\b|my (?:lawyer|attorney) will\b|tcpa\b"
    r"|(?:reporting|report"
    r"|sue|suing|block"
    r"|blocking|blocked) (?:you|yall|this number|your number|you guys)\b|(?:contact|call|report"
    r"|complain)\w* (?:\w+ )?"
    r"(?:to )?the (?:fcc|ftc|attorney general about this)\b"
    r"|this is (?:spam|a scam|illegal spam)\b|fuck (?:you|yall)\b|go to hell\b"
    r"|^(?:just )?stop it\b(?! (?:from|with the))|^cancel (?:that|it|this)\b|^cancel (?:my"
    r"|the) (?:membership|subscription|account|registration)$"
    r"|(?:when|will|does|would) (?:will )?(?:(?:this|these|it) (?:ever )?stop"
    rf"|(?:the |these |all the )?{MESSAGES} (?:ever )?(?:stop|end))$"
    r"|stop(?:ping)? (?:me|us)$|stop bothering\b(?! (?:my|the|our|ten))|stop (?:me|us) from (?:get"
    r"|receiv)"
    r")"
)

LAUGHTER: Final = re.compile(
    "[\U0001f602\U0001f923\U0001f606\U0001f605]|\\b(?:lol|lmao|haha\\w*|jaja\\w*|omg)\\b", re.IGNORECASE
)
"""With "stop it", it means something else."""

WRONG_NUMBER_GATE: Final = gate(
    """
    wrong incorrect number phone cell name named called him her them person who whoever belong
    previous prior former last nobody noone numero telefono celular este esta equi numer acaba dar
    busca ning persona personne someone somebody equivoco equivocaron equivocaste equivocado vive live
    there theres ya hay existe conozco soy busca me
    """
)
REVIEW_GATE: Final = gate(
    """
    howd why por porque pourquoi how where whered who whod quien como donde never didnt dont did nunca
    voy mandan envian escriben son too so constant nonstop endless these text message contact annoying
    relentless spamming harassing stalking scammer bothering creep spammer keep sick tired fed
    thinking thought died passed dead deceased gone fallecio murio decede decedee mort morte
    harassment lawyer attorney tcpa report sue suing block spam scam fuck hell stop stopping cancel
    end fcc ftc complain
    """
)
START_GATE: Final = gate(
    """
    unstop start subscribe resubscribe re opt optin restart rejoin reactivate resume begin back again mean
    meant reenroll reinstate iniciar inicio reiniciar suscribir suscriban inscriban reanudar volver vuelva
    vuelvan otra nuevo nuevamente vuelta
    """
)
NAME_GATE: Final = gate("wrong know not isnt aint soy suis conozco conosco there theres hay no")
