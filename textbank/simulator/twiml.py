"""The texts that a webhook's TwiML answer asks the carrier to send. Other verbs are ignored."""

from xml.etree import ElementTree as ET

_MOST_REPLIES = 15  # Twilio's error 14107: more replies than that in 30 seconds are dropped.


def messages_in(answer: bytes) -> list[str]:
    """Bodies of the `<Message>` elements, in order; nothing for what is not TwiML."""
    if b"<Message" not in answer or b"<!" in answer:
        return []
    try:
        # No document type gets here, so no entity can expand; and the sender is the program under test.
        root = ET.fromstring(answer)  # noqa: S314
    except ET.ParseError:
        return []
    bodies = []
    for element in root.iter("Message"):
        body = element.find("Body")
        bodies.append(((body if body is not None else element).text or "").strip())
    return [body for body in bodies if body][:_MOST_REPLIES]
