"""Whether a webhook was signed by Twilio with one of the account's tokens.

The address must be the public one as Twilio was told it, made from settings and the raw query, never from
the Host header; the parameters must be all those received, unknown and blank ones too.
https://www.twilio.com/docs/usage/webhooks/webhooks-security
"""

import hmac
from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import parse_qsl

from multidict import MultiDict
from twilio.request_validator import RequestValidator

_MOST_FIELDS = 1000


def parameters(body: bytes) -> MultiDict[str]:
    """A form's parameters as they are signed: blanks kept, a repeated name with all its values.

    Raises ValueError for more fields than any webhook has.
    """
    return MultiDict(
        parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    )


def is_valid(url: str, params: Mapping[str, str] | str, signature: str, tokens: Iterable[str]) -> bool:
    """Whether `signature` is the request's under any of the tokens: the current one, the one before.

    `params` is a form's (from `parameters`, so that repeated names count) or, for JSON, the body as it came.
    """
    if isinstance(params, str) and "bodySHA256=" not in url:
        return False  # nothing in the signature would vouch for the body
    valid = False
    for token in tokens:
        # No early end, so that the time does not tell which token fitted. An empty token is not set.
        valid |= bool(token) and _is_signed(_validator(token), url, params, signature)
    return valid


def _is_signed(
    validator: RequestValidator, url: str, params: Mapping[str, str] | str, signature: str
) -> bool:
    """As the SDK finds it, which computes two for every form: with the port and without. As it stands is
    what the carrier was told, and mostly enough."""
    if not isinstance(params, str):
        ours = validator.compute_signature(url, params)
        if hmac.compare_digest(ours.encode(), signature.encode()):
            return True
    return bool(validator.validate(url, params, signature))


@lru_cache(maxsize=256)
def _validator(token: str) -> RequestValidator:
    return RequestValidator(token)
