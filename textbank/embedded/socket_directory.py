"""A directory for a unix socket whose path the kernel can hold."""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from textbank.errors import WrongSetup

# sun_path holds 107 bytes, and "/.s.PGSQL.65535" needs the rest (unix(7)).
_LONGEST = 92


def choose(data: Path) -> Path:
    """`data`/socket, or a short directory under the temporary one where that is too long.

    Only its owner may enter either: the sockets in it ask for no password.
    """
    wanted = data / "socket"
    if len(os.fsencode(wanted)) <= _LONGEST:
        wanted.mkdir(mode=0o700, parents=True, exist_ok=True)
        return wanted
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    short = Path(tempfile.gettempdir()) / f"textbank-{os.geteuid()}-{digest}"
    short.mkdir(mode=0o700, exist_ok=True)
    found = short.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise WrongSetup(
            f"{short} is needed for sockets but is not a private directory of ours. Nothing was started. "
            "Remove it, or set TEXTBANK_DATA to a directory with a shorter path."
        )
    return short
