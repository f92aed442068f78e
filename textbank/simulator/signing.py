"""X-Twilio-Signature, made as Twilio's security page describes it, independent of the SDK's checker.

https://www.twilio.com/docs/usage/security
"""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Mapping


def signature(token: str, url: str, parameters: Mapping[str, str]) -> str:
    """The signature of a form post to the exact URL, query included and fragment not."""
    signed = url + "".join(f"{name}{parameters[name]}" for name in sorted(parameters))
    return b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()
