"""Exit codes, and how an error is told."""

from __future__ import annotations

import errno
import signal
import sys
from io import StringIO
from typing import TYPE_CHECKING

import click

from albench.cli.output import allow_any_encoding, print_text
from albench.errors import (
    AlbenchError,
    ClusterError,
    ContradictionError,
    SpecError,
    StrategyError,
    TrialError,
    clean_text,
    describe_error,
)

if TYPE_CHECKING:
    from typing import NoReturn

DONE = 0
INTERNAL = 1
USAGE = 2
INCOMPLETE = 3
GATE = 4
INTERRUPTED = 130
_LONGEST_ERROR = 16_000
_LONGEST_PATH = 500

_TRIALS = (TrialError, StrategyError, ClusterError)
_SYSTEM = (
    *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM),
    *(errno.ENAMETOOLONG, errno.ENOTDIR, errno.EISDIR, errno.ELOOP),
)
"""What the system says of a disk that is full or may not be written, and of a path that cannot be."""


def run_and_exit(command: click.Command) -> NoReturn:
    """Run a command and exit with the code that says how it went; SIGTERM stops it as Ctrl-C does."""
    allow_any_encoding()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code = command.main(standalone_mode=False)
    except click.ClickException as error:
        error.show(usage := StringIO())
        print_text(usage.getvalue().rstrip(), err=True)
        sys.exit(USAGE)
    except (click.Abort, KeyboardInterrupt):
        print_text("interrupted; run the same command again to go on", err=True)
        sys.exit(INTERRUPTED)
    except AlbenchError as error:
        print_text(_format_error(error), err=True)
        sys.exit(_choose_code(error))
    except OSError as error:
        if error.errno not in _SYSTEM:
            _report_bug()
            sys.exit(INTERNAL)
        file = clean_text(str(error.filename or "a file"), _LONGEST_PATH)
        is_closed = error.errno in (errno.EACCES, errno.EPERM, errno.EROFS)
        advice = ": name another place, or let this user read and write there" if is_closed else ""
        print_text(f"error: {error.strerror}: '{file}'{advice}", err=True)
        sys.exit(USAGE)
    except Exception as error:  # noqa: BLE001 - told whole, as a bug, unless it is one of the user's code
        if place := _find_user_line(error):
            print_text(f"error: {place}: {describe_error(error)}", err=True)
            sys.exit(USAGE)
        _report_bug()
        sys.exit(INTERNAL)
    sys.exit(code if isinstance(code, int) else DONE)


def _choose_code(error: AlbenchError) -> int:
    """Return the exit code of an error that albench explains: none of them is internal."""
    if isinstance(error, ContradictionError):
        return GATE
    return INCOMPLETE if isinstance(error, _TRIALS) else USAGE


def explain_system_exit(error: SystemExit) -> AlbenchError:
    """Return what to say when code of others has asked this process to end: no command of ours does."""
    import traceback

    place = traceback.extract_tb(error.__traceback__)[-1]
    return AlbenchError(
        f"line {place.lineno} of '{place.filename}', in {place.name}, would have ended the command "
        f"(SystemExit: {error.code}); raise an exception there that says what is wrong"
    )


def _find_user_line(error: Exception) -> str:
    """Return the last line of a user's file that an error came through; empty if it came through none."""
    import traceback

    files = {getattr(module, "ALBENCH_FILE", None) for module in list(sys.modules.values())} - {None}
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in files]
    return f"line {frames[-1].lineno} of '{frames[-1].filename}', in {frames[-1].name}" if frames else ""


def _report_bug() -> None:
    import traceback

    print_text(traceback.format_exc().rstrip(), err=True)
    print_text("this is a bug in albench: please report it with the lines above", err=True)


def _format_error(error: AlbenchError) -> str:
    text = clean_text(str(error), _LONGEST_ERROR)
    return text if isinstance(error, SpecError) and "error" in text else f"error: {text}"
