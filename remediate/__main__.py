"""`remediate` and `python -m remediate`."""

import signal
import sys


def deliver_again(unraisable: "sys.UnraisableHookArgs") -> None:
    """Send a Ctrl-C once more that met Python where nothing can be raised.

    In a weakref callback or a destructor, imports among them, CPython reports the
    KeyboardInterrupt as ignored and goes on: the user would have to press it again. Raised
    inside this hook it would be ignored again, hence the alarm a moment later.
    """
    if unraisable.exc_type is KeyboardInterrupt:
        signal.signal(signal.SIGALRM, signal.getsignal(signal.SIGINT))
        signal.setitimer(signal.ITIMER_REAL, 0.01)
    else:
        sys.__unraisablehook__(unraisable)


def main() -> None:
    """Run the command line; an interrupt counts from the first import on."""
    sys.unraisablehook = deliver_again
    try:
        from remediate.cli.app import main as run  # noqa: PLC0415
    except KeyboardInterrupt:
        sys.stderr.write("remediate: interrupted; nothing was left half done\n")
        exec("")  # noqa: S102  (or CPython ends by SIGINT itself: cli/terminal.py)
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
