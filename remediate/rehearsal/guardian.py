"""Run one throwaway PostgreSQL for as long as the parent lives, and leave nothing behind.

Started as a program of its own, with the standard library only:

    python -I guardian.py BINDIR USER      (USER "" runs the server as the caller)

It prints the server's folder, which is also its socket directory, once connections are accepted.
Then it waits for the end of its standard input. The kernel closes that pipe however the parent
ends, also by SIGKILL, so the server never outlives it; nor does any folder that the parent has
named there, each with a NUL after it.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

LONGEST_FOLDER = 74  # bytes; a socket's path has 107, and ours adds 33 to the folder's
SECONDS_TO_START = 60
MEMORY = Path("/dev/shm")  # a file system in memory, on Linux
ROOM = 4 * 1024**3  # bytes; a schema of 10,000 tables takes one gigabyte with its log
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_locks_per_transaction": "512",
    "jit": "off",
}


def main(bindir: str, user: str) -> int:
    # A Ctrl-C in the terminal is for the parent; the end of the pipe tells the rest.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    folder = Path(tempfile.mkdtemp(prefix="remediate-", dir=place(user)))
    server = None
    theirs: list[bytes] = []
    try:
        binaries = prepare(folder, Path(bindir), user)
        initialise(folder, binaries, user)
        server = launch(folder, binaries, user)
        tell(folder)
        theirs = sys.stdin.buffer.read().split(b"\0")[:-1]
    except (OSError, subprocess.SubprocessError, RuntimeError) as error:
        tell(f"error: {error}")
        return 1
    finally:
        if server is not None:
            stop(server)
        for path in (str(folder), *map(os.fsdecode, theirs)):
            shutil.rmtree(path, ignore_errors=True)
    return 0


def tell(line: object) -> None:
    """One line to the parent, past the buffer: Python would write what is left there at its end."""
    with contextlib.suppress(BrokenPipeError):  # interrupted while it waited for this line
        os.write(1, f"{line}\n".encode())


def place(user: str) -> str:
    """In memory where there is room, unless somebody names another place; to make and drop a
    database takes a quarter of the time there.

    Else where temporary files go, unless a socket's path would be too long or `user` shut out.
    """
    if not any(map(os.environ.get, ("TMPDIR", "TEMP", "TMP"))) and has_room(MEMORY):
        return str(MEMORY)
    usual = Path(tempfile.gettempdir())
    reachable = all(folder.stat().st_mode & 0o001 for folder in (usual, *usual.parents))
    fits = len(str(usual).encode()) <= LONGEST_FOLDER
    return str(usual) if fits and (reachable or not user) else "/tmp"


def has_room(memory: Path) -> bool:
    """Whether this is a file system in memory, open to everybody, and its files leave enough.

    A container may have less than its machine, and counts them as its own.
    """
    with contextlib.suppress(OSError, ValueError, StopIteration):
        disk, limit = os.statvfs(memory), Path("/sys/fs/cgroup/memory.max")
        free = disk.f_bavail * disk.f_frsize
        told = Path("/proc/meminfo").read_text().splitlines()
        available = next(line.split()[1] for line in told if line.startswith("MemAvailable:"))
        most = limit.read_text().strip() if limit.exists() else "max"
        left = ROOM
        if most != "max":
            left = int(most) - int(limit.with_name("memory.current").read_text())
        enough = min(free, int(available) * 1024, left) >= ROOM
        is_open = os.access(memory, os.W_OK) and memory.stat().st_mode & 0o1777 == 0o1777
        return enough and is_open and os.path.ismount(memory) and not disk.f_flag & os.ST_NOEXEC
    return False


def prepare(folder: Path, bindir: Path, user: str) -> Path:
    """Give the folder to `user`; copy the binaries there when `user` cannot reach them."""
    if not user:
        return bindir
    entry = pwd.getpwnam(user)
    os.chown(folder, entry.pw_uid, entry.pw_gid)
    with contextlib.suppress(PermissionError):
        subprocess.run(
            [bindir / "postgres", "--version"], user=user, check=True, capture_output=True
        )
        return bindir
    # A virtual environment below /root: keep the wheel's layout, its libraries are found by it.
    package = bindir.parent.parent
    copy = folder / "wheel"
    shutil.copytree(bindir.parent, copy / package.name / bindir.parent.name, symlinks=True)
    libraries = package.with_name(package.name + ".libs")
    if libraries.exists():
        shutil.copytree(libraries, copy / libraries.name)
    return copy / package.name / bindir.parent.name / bindir.name


def initialise(folder: Path, binaries: Path, user: str) -> None:
    command: list[Path | str] = [
        binaries / "initdb",
        f"--pgdata={folder / 'data'}",
        "--username=postgres",
    ]
    command += ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
    made = subprocess.run(
        command, cwd="/", check=False, capture_output=True, text=True, **identity(user)
    )
    if made.returncode:
        raise RuntimeError(f"initdb: {(made.stderr.strip() or made.stdout.strip())[-500:]}")


def launch(folder: Path, binaries: Path, user: str) -> "subprocess.Popen[bytes]":
    """A server on the folder's data, ready to be used."""
    settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    command: list[Path | str] = [
        binaries / "postgres",
        "-D",
        folder / "data",
        "-k",
        folder,
        *settings,
    ]
    with (folder / "log").open("ab") as log:
        server: subprocess.Popen[bytes] = subprocess.Popen(
            command, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log, **identity(user)
        )
    deadline = time.monotonic() + SECONDS_TO_START
    while not is_ready(folder / "data"):
        if server.poll() is not None or time.monotonic() > deadline:
            stop(server)
            raise RuntimeError((folder / "log").read_text(errors="replace").strip()[-500:])
        time.sleep(0.02)
    return server


def identity(user: str) -> dict[str, Any]:
    """Arguments of subprocess to run as this account."""
    if not user:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def is_ready(data: Path) -> bool:
    """Whether it is, by the eighth line of postmaster.pid (PostgreSQL 10 and later)."""
    with contextlib.suppress(OSError, IndexError):
        return (data / "postmaster.pid").read_text().splitlines()[7].strip() == "ready"
    return False


def stop(server: "subprocess.Popen[bytes]") -> None:
    """At once: nothing of it is to last, so no checkpoint has to write it down."""
    for number, seconds in ((signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
        server.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(seconds)
            return


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
