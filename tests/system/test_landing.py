"""All files or none: killed at each move, on a full disk, without permission."""

import errno
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from remediate.system import landing
from remediate.system.landing import File, Recovered, Stuck

NEW = {"a.md": "of a", "b.md": "of b", "2026/a.py": "first\n" * 900, "b.py": "second"}
OLD = {"models.py": "class Old: pass\n", "more.py": "x = 1\n"}


def new_files(home: Path) -> list[File]:
    return [File(home / name, text.encode(), 0o644) for name, text in NEW.items()]


def changed_files(home: Path) -> list[File]:
    for name, text in OLD.items():
        (home / name).write_text(text)
        (home / name).chmod(0o640)
    return [File(home / name, b"y = 2\n", 0o640, replaces=True) for name in OLD]


def content(home: Path) -> dict[str, str]:
    """Every file and empty folder."""
    paths = [p for p in home.rglob("*") if p.is_file() or not any(p.iterdir())]
    return {str(p.relative_to(home)): p.read_text() if p.is_file() else "" for p in paths}


def killed_at(number: int, home: Path, files: list[File], act: Callable[[], None]) -> bool:
    """Whether it was killed before its rename of this number, or came to its end."""
    pid = os.fork()
    if pid:
        _, status = os.waitpid(pid, 0)
        assert os.waitstatus_to_exitcode(status) in (0, -signal.SIGKILL)
        return os.waitstatus_to_exitcode(status) != 0
    count, rename = 0, os.rename

    def counted(*names: str) -> None:
        nonlocal count
        count += 1
        if count == number:
            os.kill(os.getpid(), signal.SIGKILL)
        rename(*names)

    os.rename = counted  # type: ignore[assignment]
    try:
        act()
        os._exit(0)
    finally:
        os._exit(1)


@pytest.mark.parametrize("make", [new_files, changed_files])
def test_killed_at_each_move_the_next_run_finishes_or_removes(
    tmp_path: Path, make: Callable[[Path], list[File]]
) -> None:
    outcomes = []
    for number in range(1, 20):
        home = tmp_path / str(number)
        home.mkdir()
        files = make(home)
        before = content(home)
        after = before | {str(f.path.relative_to(home)): f.content.decode() for f in files}
        if not killed_at(
            number, home, files, lambda home=home, files=files: landing.land(files, home)
        ):
            assert content(home) == after
            break
        for path, text in content(home).items():
            assert text in (before.get(path), after.get(path)) or ".remediate-" in path
        done = [*landing.recover(home)]
        assert content(home) == (after if any(one.finished for one in done) else before)
        assert [*landing.recover(home)] == []
        outcomes += [one.finished for one in done]
    assert outcomes == sorted(outcomes)
    assert set(outcomes) == {True, False}


@pytest.mark.parametrize("make", [new_files, changed_files])
def test_a_recovery_that_is_killed_is_recovered_as_well(
    tmp_path: Path, make: Callable[[Path], list[File]]
) -> None:
    for first in range(2, 8):
        for second in range(1, 8):
            home = tmp_path / f"{first}-{second}"
            home.mkdir()
            files = make(home)
            before = content(home)
            after = before | {str(f.path.relative_to(home)): f.content.decode() for f in files}
            killed_at(first, home, files, lambda home=home, files=files: landing.land(files, home))
            killed_at(second, home, files, lambda home=home: [*landing.recover(home)])
            [*landing.recover(home)]
            assert content(home) in (before, after)


@pytest.mark.parametrize("make", [new_files, changed_files])
@pytest.mark.parametrize("failing", range(1, 7))
def test_a_move_that_fails_takes_the_others_back(
    tmp_path: Path,
    make: Callable[[Path], list[File]],
    failing: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files = make(tmp_path)
    before, count, rename = content(tmp_path), 0, os.rename

    def failing_rename(*names: str) -> None:
        nonlocal count
        count += 1
        if count == failing:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(names[1]))
        rename(*names)

    monkeypatch.setattr(os, "rename", failing_rename)
    if failing <= 2 + len(files):
        with pytest.raises(OSError, match="No space left"):
            landing.land(files, tmp_path)
        assert content(tmp_path) == before
    else:
        landing.land(files, tmp_path)
        assert content(tmp_path) != before
    modes = {oct(path.stat().st_mode & 0o777) for path in tmp_path.glob("mo*.py")}
    assert modes in (set(), {"0o640"})


def test_where_the_way_back_fails_too_the_next_run_goes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = changed_files(tmp_path)
    before, count, rename = content(tmp_path), 0, os.rename

    def failing_rename(*names: str) -> None:
        nonlocal count
        count += 1
        if count >= 4:
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(names[1]))
        rename(*names)

    with monkeypatch.context() as patched:
        patched.setattr(os, "rename", failing_rename)
        with pytest.raises(Stuck, match="Input/output"):
            landing.land(files, tmp_path)
        with pytest.raises(Stuck):
            [*landing.recover(tmp_path)]
    (done,) = landing.recover(tmp_path)
    assert done.finished
    assert content(tmp_path) == dict.fromkeys(before, "y = 2\n")


def test_a_file_that_came_meanwhile_is_kept(tmp_path: Path) -> None:
    files = new_files(tmp_path)
    (tmp_path / "b.py").write_text("theirs")
    with pytest.raises(FileExistsError):
        landing.land(files, tmp_path)
    assert content(tmp_path) == {"b.py": "theirs"}


def killed_before_the_last_move(home: Path) -> list[File]:
    """New files are in their places, and the one that is to be replaced is not yet."""
    (home / "waits.py").write_text("as it was")
    replaced = File(home / "waits.py", b"changed", 0o644, replaces=True)
    files = [*new_files(home), replaced]
    assert killed_at(2 + len(files), home, files, lambda: landing.land(files, home))
    assert (home / "b.py").exists()
    return files


def in_place(path: Path) -> None:
    path.write_text("mine")


def anew(path: Path) -> None:
    path.unlink()
    path.write_text("mine")


@pytest.mark.parametrize("edit", [in_place, anew, Path.unlink])
def test_what_somebody_changed_since_is_not_overwritten(
    tmp_path: Path, edit: Callable[[Path], None]
) -> None:
    files = killed_before_the_last_move(tmp_path)
    edit(tmp_path / "waits.py")
    (done,) = landing.recover(tmp_path)
    new = tuple(file.path for file in files if not file.replaces)
    kept = () if edit is Path.unlink else (tmp_path / "waits.py",)
    assert done == Recovered(finished=False, paths=new, kept=kept)
    assert content(tmp_path) == ({} if edit is Path.unlink else {"waits.py": "mine"})


def test_a_file_that_changes_before_its_move_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "waits.py").write_text("as it was")
    files = [*new_files(tmp_path), File(tmp_path / "waits.py", b"x", 0o644, replaces=True)]
    rename = os.rename

    def slow(*names: str) -> None:
        rename(*names)
        if str(names[1]).endswith("b.py"):
            (tmp_path / "waits.py").write_text("mine")

    monkeypatch.setattr(os, "rename", slow)
    with pytest.raises(OSError, match="has changed meanwhile"):
        landing.land(files, tmp_path)
    assert content(tmp_path) == {"waits.py": "mine"}


def test_a_project_that_was_moved_is_recovered_where_it_is(tmp_path: Path) -> None:
    """As one that is mounted in a container at another place."""
    home = tmp_path / "there"
    home.mkdir()
    killed_before_the_last_move(home)
    home.rename(tmp_path / "here")
    home = tmp_path / "here"
    (done,) = landing.recover(home)
    assert done.finished
    assert content(home) == NEW | {"waits.py": "changed"}


def test_an_interrupt_that_another_thread_gets_waits_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename, ended = os.rename, threading.Event()

    def interrupted(*names: str) -> None:
        rename(*names)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.05)

    monkeypatch.setattr(os, "rename", interrupted)
    other = threading.Thread(target=ended.wait)
    other.start()
    with pytest.raises(KeyboardInterrupt):
        landing.land(new_files(tmp_path), tmp_path)
    ended.set()
    other.join()
    assert content(tmp_path) == NEW


def test_of_the_folders_that_were_made_none_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mkdir = Path.mkdir

    def full(path: Path, *args: Any, **options: Any) -> None:
        if path.name == "deeper":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        mkdir(path, *args, **options)

    monkeypatch.setattr(Path, "mkdir", full)
    with pytest.raises(OSError, match="No space left"):
        landing.land([File(tmp_path / "new" / "deeper" / "a.py", b"", 0o644)], tmp_path)
    assert [*tmp_path.iterdir()] == []


def test_a_run_that_lives_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "b.md").write_text("x")
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        rename = os.rename

        def slow(*names: str) -> None:
            if str(names[1]).endswith(".py"):
                os.write(writer, b"x")
                signal.pause()
            rename(*names)

        os.rename = slow  # type: ignore[assignment]
        landing.land([File(tmp_path / "a.py", b"x", 0o644)], tmp_path)
        os._exit(0)
    os.read(reader, 1)
    held = content(tmp_path)
    assert [*landing.recover(tmp_path)] == []
    assert content(tmp_path) == held
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    assert [*landing.recover(tmp_path)] == [Recovered(finished=False, paths=(tmp_path / "a.py",))]
    assert content(tmp_path) == {"b.md": "x"}


def test_symbolic_links_stay_links(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "models.py").write_text("x = 1\n")
    (tmp_path / "link.py").symlink_to("real/models.py")
    (tmp_path / "versions").symlink_to("real")
    landing.land([File(tmp_path / "link.py", b"y", 0o644, replaces=True)], tmp_path)
    landing.land([File(tmp_path / "versions" / "a.py", b"z", 0o644)], tmp_path / "versions")
    assert (tmp_path / "link.py").is_symlink()
    assert content(tmp_path / "real") == {"models.py": "y", "a.py": "z"}


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[None]:
    """Files above `size` bytes cannot be written: what a full disk does, without mounting one."""
    import resource  # noqa: PLC0415

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


@pytest.mark.parametrize("size", [0, 100, 600, 2000, 5000])
def test_nothing_is_left_where_a_file_does_not_fit(tmp_path: Path, size: int) -> None:
    with small_disk(tmp_path, size), pytest.raises(OSError, match="File too large") as caught:
        landing.land(new_files(tmp_path), tmp_path)
    assert caught.value.filename
    assert content(tmp_path) == {}
