"""In which language an automatic answer to a text should be."""

from typing import Final, Literal

from textbank.sms.folding import folded, words_of

Language = Literal["en", "es"]

# Words of Spanish that a short text to us may hold and an English one does not, with accents folded.
_SPANISH: Final = frozenset(
    """
    alto parar pare paren parele parenle parale detener detenga detengan detenganse cancelar cancele baja
    desuscribir desuscribirme desuscribirse salir terminar eliminar borrar basta ya mas ayuda informacion
    empezar comenzar iniciar quiero quiten quiteme quitenme dejen deje mande manden mensaje mensajes
    escriba escriban textos favor gracias por para numero equivocado lista pausa menos unirse
    """.split()  # noqa: SIM905
)


def answer_language(body: str, known: str | None) -> Language:
    """Spanish where their words are, else the language that the contact is known to speak, else English."""
    words = words_of(folded(body)).split()
    return "es" if known == "es" or any(word in _SPANISH for word in words) else "en"
