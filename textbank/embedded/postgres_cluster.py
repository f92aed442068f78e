"""The files of an embedded PostgreSQL: made once, checked before every start."""

import os
import pwd
import shutil
from contextlib import suppress
from pathlib import Path

from textbank.embedded import binaries, child
from textbank.embedded.keeper import NO_NAMESPACE
from textbank.errors import WrongSetup

ADMIN = "textbank_admin"
DATABASE = "textbank"

_NO_NAMESPACE_MESSAGE = (
    "PostgreSQL refuses to run as root, and this machine does not allow user namespaces, by which it "
    "could run as somebody else. Nothing was started. Run Textbank as another user, or set DATABASE_URL "
    "to a PostgreSQL server of version 16 or newer."
)


def no_namespace() -> WrongSetup:
    """The error for a machine on which root can run no embedded PostgreSQL."""
    return WrongSetup(_NO_NAMESPACE_MESSAGE)


def user_to_become() -> int | None:
    """The user id PostgreSQL is to see: None unless we are root.

    It must have a name on this machine, or initdb stops; which one does not matter.
    """
    if os.geteuid() != 0:
        return None
    known = {entry.pw_uid for entry in pwd.getpwall()} - {0}
    for wanted in (1000, 65534):
        if wanted in known:
            return wanted
    if known:
        return max(known)
    raise no_namespace()


def ensure(cluster: Path, *, fast: bool) -> None:
    """Make the cluster unless it exists: under another name first, so that half of one is never used."""
    version_file = cluster / "PG_VERSION"
    if version_file.exists():
        _check_version(version_file)
        return
    draft = cluster.with_name("cluster.new")
    shutil.rmtree(draft, ignore_errors=True)
    log = cluster.with_name("initdb.log")
    log.unlink(missing_ok=True)
    argv = [str(binaries.postgresql("initdb")), "-D", str(draft), "-U", ADMIN, "-E", "UTF8"]
    argv += ["--locale-provider=builtin", "--locale=C.UTF-8", "--auth=reject", "--data-checksums"]
    if fast:
        argv.append("--no-sync")
    process = child.start(argv, log=log, map_user=user_to_become())
    code = process.wait()
    process.stop()
    if code == NO_NAMESPACE:
        raise no_namespace()
    if code != 0:
        said = log.read_text(errors="replace").strip()[-800:]
        raise WrongSetup(f"PostgreSQL could not make its files in {cluster.parent}. It said: {said}")
    draft.rename(cluster)
    log.unlink(missing_ok=True)


def _check_version(version_file: Path) -> None:
    found = version_file.read_text().strip()
    # …/pginstall18/bin/postgres
    ours = binaries.postgresql("postgres").parent.parent.name.removeprefix("pginstall")
    if found != ours:
        raise WrongSetup(
            f"The data in {version_file.parent} are from PostgreSQL {found}, but PostgreSQL {ours} is "
            "installed. Nothing was changed. Make a backup with the Textbank version that made them, and "
            "restore it into a new directory."
        )


def write_access_rules(data: Path, *, tcp: bool) -> Path:
    """pg_hba.conf: whoever can enter the socket directory, which is we alone; loopback only on request."""
    rules = "local all all trust\n"
    if tcp:
        rules += "host all all 127.0.0.1/32 trust\n"
    path = data / "pg_hba.conf"
    path.write_text(rules)
    path.chmod(0o600)
    return path


def drop_foreign_pid_file(cluster: Path) -> None:
    """Remove a postmaster.pid whose process id now belongs to somebody else.

    PostgreSQL itself refuses to start while *any* process of the same user has that id, which after a
    reboot or in a new container is likely. Called with our lock held; PostgreSQL still guards the data
    by its shared memory.
    """
    path = cluster / "postmaster.pid"
    with suppress(FileNotFoundError, ValueError, IndexError):
        pid = int(path.read_text().splitlines()[0])
        working_directory = Path(f"/proc/{pid}/cwd")
        if not working_directory.exists():
            return
        # A postmaster's working directory is its cluster.
        if working_directory.resolve() != cluster.resolve():
            path.unlink()


def ready_pid(cluster: Path) -> int | None:
    """The postmaster's process id once it accepts connections (what pg_ctl looks at, too)."""
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
        return int(lines[0]) if len(lines) >= 8 and lines[7].strip() == "ready" else None
    except (FileNotFoundError, ValueError, IndexError):
        return None
