"""Ties a child process's life to its parent's, so that nothing is left running.

Linux only: the kernel sends the signal. Elsewhere this does nothing, and killing the
parent with SIGKILL can leave the child behind until it is stopped by hand.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>

# Loaded here and not in the child: between fork and exec as little as possible runs.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def stop_with_parent(parent_pid: int) -> None:
    """Ask for SIGTERM when the parent dies. Call it in the child, right after fork.

    Args:
        parent_pid: The parent, which may be gone already: then the child ends here.
    """
    if _libc is None:
        return
    _libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM))
    if os.getppid() != parent_pid:
        os._exit(1)
