"""With this folder on PYTHONPATH, Python has what it has on Windows, and what it does to files obeys Windows' rules.

What of Python's own library is another there keeps what it needs here. Every name that Windows forbids is written to
the file that POORER names, too, since whoever gave it may catch the error.
"""

import contextlib
import importlib
import os
import re
import shutil
import signal
import sys
import types
import warnings

import filelock  # noqa: F401 - has another way to lock there

LACKING = {
    os: """
        fork forkpty posix_spawn posix_spawnp setsid setpgid setpgrp getpgid getpgrp getsid killpg nice wait wait3 wait4
        waitid WNOHANG WIFEXITED WIFSIGNALED WIFSTOPPED WEXITSTATUS WTERMSIG WSTOPSIG getuid geteuid getgid getegid
        getgroups setuid setgid seteuid setegid getpriority setpriority chown lchown fchown fchmod chroot fchdir mkfifo
        mknod openpty ttyname ctermid tcgetpgrp statvfs fstatvfs sysconf sysconf_names confstr pathconf getloadavg
        sched_yield sched_getaffinity sched_setaffinity pread pwrite preadv pwritev readv writev sendfile lockf sync
        posix_fadvise posix_fallocate fdatasync getxattr setxattr listxattr memfd_create eventfd pidfd_open environb
        O_NOFOLLOW O_NONBLOCK O_DIRECTORY O_CLOEXEC O_NOCTTY O_SYNC O_DSYNC O_PATH O_ASYNC O_DIRECT O_NOATIME EX_OK
        """,
    signal: """
        SIGKILL SIGHUP SIGUSR1 SIGUSR2 SIGALRM SIGCHLD SIGCONT SIGPIPE SIGQUIT SIGSTOP SIGTSTP SIGTTIN SIGTTOU SIGBUS
        SIGTRAP SIGSYS SIGPROF SIGVTALRM SIGWINCH SIGURG SIGXCPU SIGXFSZ SIGIO SIGPOLL SIGPWR alarm setitimer getitimer
        pause sigwait sigwaitinfo sigtimedwait sigpending siginterrupt pthread_sigmask pthread_kill SIG_BLOCK
        SIG_UNBLOCK SIG_SETMASK
        """,
}
MISSING = {"fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "syslog", "curses", "_posixshmem"}
FORBIDDEN = re.compile(r'[<>:"|?*\\\x00-\x1f]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)', re.IGNORECASE)

OTHERWISE_THERE = ["multiprocessing.popen_fork", "multiprocessing.popen_spawn_posix", "multiprocessing.util"]
OTHERWISE_THERE += ["multiprocessing.resource_tracker", "multiprocessing.connection", "subprocess"]


def take_away() -> None:
    for name in OTHERWISE_THERE:
        kept = vars(importlib.import_module(name))
        for module in (os, signal):
            if module.__name__ in kept:
                kept[module.__name__] = types.SimpleNamespace(**vars(module))
    shutil._use_fd_functions = False
    for known in (os.supports_dir_fd, os.supports_fd):
        known.clear()
    for module, names in LACKING.items():
        for name in names.split():
            if hasattr(module, name):
                delattr(module, name)
    for name in MISSING:
        sys.modules[name] = None  # an ImportError for whoever asks


def watch(event: str, arguments: tuple[object, ...]) -> None:
    """Refuses to make, below the current folder, what has a forbidden name, and to remove or replace what is open."""
    makes = event in ("os.mkdir", "os.rename") or (event == "open" and _creates(arguments[2]))
    goes = event in ("os.remove", "os.rename", "os.rmdir")
    if not makes and not goes:
        return
    paths = [os.path.abspath(os.fsdecode(one)) for one in arguments[:2] if isinstance(one, str | bytes | os.PathLike)]
    for path in paths if makes else []:
        inside = os.path.relpath(path)
        if not inside.startswith(".") and any(map(FORBIDDEN.search, inside.split(os.sep))):
            with open(os.environ["POORER"], "a", encoding="utf-8") as file:
                file.write(f"{inside}\n")
            raise PermissionError(13, f"Windows forbids this name: {inside}")
    if goes and opened().intersection(paths):
        raise PermissionError(13, f"{event} of a file that is open")


def opened() -> set[str]:
    """The paths of all that this process has open."""
    found = set()
    for number in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            found.add(os.readlink(f"/proc/self/fd/{number}"))
    return found


def _creates(flags: object) -> bool:
    return isinstance(flags, int) and bool(flags & os.O_CREAT)


take_away()
sys.addaudithook(watch)
warnings.simplefilter("ignore", EncodingWarning)  # of others, who speak of their own files
warnings.filterwarnings("error", category=EncodingWarning, module=r"rnnlab")
