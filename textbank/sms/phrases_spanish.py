"""The phrases by which people ask in Spanish or French to be left alone. See `phrases.py`."""

import re
from typing import Final

from textbank.sms.phrases import gate

_MENSAJES = (
    r"(?:mensajes?|mensajitos|textos?|sms|spam|propaganda|avisos|notificaciones|publicidad|messages|texts"
    r"|correos)"
)
# What they are told not to do, as an order or as a bare verb; "no me mandaron el enlace" is neither.
_ORDER = (
    r"(?:(?:mand|envi|contact|molest|llam|fastidi|textee?|text|mensaje|mensaji|fregu|frieg|insist|hostig"
    r"|acos)"
    r"(?:e|es|en|een)|(?:escrib|jod|mensaje|sig)(?:a|as|an)|ching(?:ue|ues|uen)|(?:busqu|chingu|friegu"
    r"|hostigu)"
    r"(?:e|es|en)|hagan? llegar)"
)
_BARE = (
    r"(?:mandar|enviar|escribir|contactar|molestar|llamar|textear|mandando|enviando|escribiendo|molestando"
    r"|llamando|texteando|fastidiar|fastidiando|chingar|chingando|joder|jodiendo|acosar|acosando|insistir"
    r"|insistiendo)(?:me|nos)?"
)
_OTHER = rf"(?! (?:la|el|las|los|un|una|otra|al|mi) (?!{_MENSAJES}\b|numero\b|lista\b))"
_THING = (
    r"(?! (?:un|una|unos|unas|el|la|los|las|otr[oa]|mi|mis|su|a)"
    rf" (?!{_MENSAJES}\b|numero|nombre|lista|telef))"
)
_OUT = (
    r"(?:borr|quit|elimin|saqu|sac|remuev|remov|retir|desuscrib|desapunt|tach|describ|desescrib|desinscrib|excluy"
    r"|suelt)"
    r"(?:a|as|e|en|an|ar|er|ir|es)(?:me|nos)"
)

STOP_PHRASES_SPANISH: Final = re.compile(
    r"(?<!\w)(?:"
    + "|".join(
        (
            rf"no (?:me|nos) (?:vuelvan? a |sigan? |anden? |esten? |este )?(?:{_ORDER}|{_BARE})\b{_OTHER}",
            rf"(?:ya no|no|nunca|jamas)(?: mas| ya)? (?:me |nos )?{_ORDER} (?:mas|ya|nada|nunca"
            rf"|{_MENSAJES}|estos?"
            rf"|sus|tantos|con (?:sus|estos|tantos))\b{_OTHER}",
            rf"(?:favor|por favor|pido|gustaria|prefiero)(?: de| que)? no {_BARE}\b"
            r"|no (?:mandar|enviar|escribir|contactar|molestar|textear|recibir)(?:me|nos)? (?:mas|ya"
            rf"|{_MENSAJES})\b",
            r"^(?:por favor )?(?:ya )?no (?:mas )?(?:manden|envien|escriban|molesten|insistan|textear"
            r"|mandar|molestar"
            r"|chinguen|jodan|frieguen|fastidien|molestes|moleste)(?: mas| ya| tanto"
            rf"| con \w+ {_MENSAJES})?$",
            rf"(?:nunca|jamas) (?:mas )?(?:me|nos) (?:vuelvan? a )?(?:{_ORDER}|{_BARE})\b",
            rf"no (?:me |nos )?vuelvan? a (?:{_BARE})\b",
            r"(?:deja|deje|dejen|dejar|dejes|para|pare|paren|parenle|parar|basta|terminen|cesen)(?: ya)?"
            rf" (?:de|con) (?:(?:estar |seguir |andar )?{_BARE}|tantos?|los|sus|estos|esos"
            r"|recibir)\b(?! (?:desaloj|aument|abus|vecin))",
            r"(?:paren|parenle|parele|pare|detengan|stop|alto a|stop a|cesen)(?: ya)?(?: con| a)?"
            rf" (?:los |sus |estos |con |esos |de |tantos )*(?:{_MENSAJES}|{_BARE})\b",
            rf"{_OUT}\b{_THING}|desuscrib\w+|desinscri\w+",
            r"me (?:quiten?|borren?|saquen?|eliminen?|remuevan?|retiren?|desuscriban?) (?:de|del|ya)\b",
            r"me (?:quiten|borren|eliminen)$",
            r"me (?:pueden?|puedes|podrian?|podrias) (?:por favor )?(?:borrar|quitar|sacar|eliminar"
            r"|remover|retirar"
            r"|dar de baja)(?:$| (?:de|del|por) (?!mi |aqui))",
            rf"(?:borr|quit|elimin|sac|saqu|remov|remuev|retir|tach)(?:ar"
            r"|a|e|en|an|er|as|es)(?:me|nos|lo)? de (?:la|su|esta|tu|sus"
            r"|estos|este|el) "
            rf"(?:\w+ )?(?:lista|listado|grupo|sistema|base|chat|{_MENSAJES}|registro)\b",
            rf"no (?:recibir|seguir recibiendo)(?: mas| ya| estos| sus)* {_MENSAJES}\b",
            r"no (?:quiero|deseo) (?:que )?(?:me )?(?:contacten|molesten|busquen|escriban)\b",
            r"(?:quit|borr|elimin|saqu|sac|pierd|olvid|remuev|retir|tach)(?:a|e|en|ar|an|es) (?:\w+ )?"
            r"(?:mi|este)(?: \w+)? ?(?:numero|nombre|telefono|celular|contacto|datos)\b",
            r"no (?:quiero|deseo|queremos|deseamos|quisiera|autorizo|autorice|necesito|consiento|acepto"
            r"|he pedido)"
            r"(?: (?:ya|mas|que|seguir|volver|a|saber|sus|estos|estar|los|tus|de|tener"
            rf"|esos)){{0,3}} (?:recib\w+"
            rf"|{_MENSAJES}|(?:me |nos )(?:\w+ )?(?:{_ORDER}|lleg\w+|sigan|esten)|en (?:la|esta"
            r"|su) (?:lista|grupo)"
            r"|nada de ustedes|mandando\w*)\b",
            r"no (?:quiero|deseo) (?:mas|estos|esto mas)$|no (?:quiero|deseo) (?:mas|sus"
            rf"|estos) {_MENSAJES}\b",
            rf"que (?:ya )?no (?:me|nos) (?:lleguen|{_ORDER})\b{_OTHER}",
            r"(?:salir|salirme|salgo|sacarme|borrarme|fuera) de (?:la|esta|su|este|sus|estos|el) "
            rf"(?:lista|grupo|chat|{_MENSAJES})\b",
            r"(?:suspend|deten|detien|termin|bloque|apag|cancel|par|quit|elimin)(?:a|o|e|en|an|ar|er"
            r"|gan|ga|dan|go)?"
            rf" (?:mi|la|los|estos|sus|de mandar|esos|todos los|de|mis)? ?(?:suscripcion|{_MENSAJES}"
            r"|notificaciones)\b",
            rf"no mas (?:\w+ )?{_MENSAJES}\b|basta (?:de|con) (?:\w+ )?{_MENSAJES}\b"
            rf"|ya no (?:mas )?{_MENSAJES}\b"
            rf"|^no {_MENSAJES}$|suficientes? {_MENSAJES}\b",
            r"(?:dar(?:me|nos)?|den(?:me|nos)?|deme|dame|doy) (?:de )?baja\b" + _THING,
            r"dej(?:a|e|en|ar)(?:me|nos)(?: ya)? (?:en pas|en paz|tranquil[oa]s?|de (?:molestar|escribir"
            r"|mandar"
            r"|llamar|enviar|textear|contactar))\b",
            r"(?:revoco|retiro|cancelo) (?:mi |el )?(?:consentimiento|permiso|autorizacion|suscripcion)\b",
            r"(?:les|le|te) (?:\w+ )?(?:dije|puse|mande|escribi|pedi) (?:que )?(?:\w+ )?"
            r"(?:stop|alto|paren|pararan|no me|dejaran de|me quit|me borr|me sac)",
            r"(?:puse|mande|escribi|dije|conteste) (?:stop|alto|baja|cancelar)\b",
            r"(?:unsubscribe|remover|quitar|sacar) (?:me|mi numero)\b|remuev\w*me\b",
        )
    )
    + ")"
)

STOP_PHRASES_FRENCH: Final = re.compile(
    r"(?<!\w)(?:"
    + "|".join(
        (
            r"desabonn\w+|desinscri\w+",
            r"ne (?:me |m)(?:ecrivez|ecris|contactez|contacte|envoyez|envoie|textez|texte|appelez"
            r"|appelle) (?:plus|pas)\b",
            r"arretez? (?:de (?:me|m)|vos|ces|les|tes) ?\w*",
            r"plus de (?:messages|textos|sms)\b|ne (?:veux|souhaite) plus (?:recevoir|de)\b",
            r"(?:retir|enlev|supprim|efface)(?:ez|e|r)? (?:moi|mon numero)\b|laiss(?:ez"
            r"|e) moi tranquille\b",
        )
    )
    + ")"
)

HOME: Final = re.compile(
    r"^ (?:de|del|fuera de|en) (?:mi|la|nuestra|el|su|este|esta|aqui|ahi)(?: \w+)?(?: (?:casa|apartamento"
    r"|apto|depa\w*"
    r"|vivienda|edificio|hogar|unidad|renta|trabajo|turno|escuela|mesa|cuarto|condado))\b"
    r"|^ (?:de|del) (?:mi )?(?:casa|apartamento|apto|depa\w*|edificio|hogar|trabajo|turno)\b"
)
"""Right after "sáquenme": it is a home they speak of, or a shift."""

SPANISH_GATE: Final = gate(
    """
    paro parg pard cano cang cand quig quid dess sacs notificaciones no nunca jamas deja deje dejen
    dejar dejes para pare paren parenle parele parar basta terminen cesen detengan stop alto borr quit
    elim saqu saca sace saca remu remo reti desu desa tach desc dese desi excl suel me pier olvi sali
    salgo borr quit reti reci fuera susp dete deti term bloq apag canc par sufi dar darm darn den denm
    denn deme dame doy revo te puse mand escr dije cont unsu quitar saci
    """
)
FRENCH_GATE: Final = gate("desabonn desinscri ne arrete plus retir enlev supprim efface laisse")
