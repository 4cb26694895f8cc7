"""A lock on a file, held by whoever has it open: it goes when the last holder dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MADE_IF_MISSING = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC


def try_lock(path: Path) -> int | None:
    """Lock a file and return its descriptor, or None while somebody else holds it.

    The lock belongs to the descriptor: children that inherit it hold it as well.
    """
    descriptor = os.open(path, _MADE_IF_MISSING, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def is_locked(path: Path) -> bool:
    """Tell whether somebody holds a file's lock; a file that is missing is not made.

    The look is a shared lock for a moment: whoever wants the lock for good may have to try twice.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


@contextmanager
def exclusive(path: Path) -> Iterator[int]:
    """Hold a file's lock, waiting for it, and give its descriptor: a child may inherit it."""
    descriptor = os.open(path, _MADE_IF_MISSING, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)
