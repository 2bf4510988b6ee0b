"""A Slurm of this machine alone: munged, slurmctld and slurmd on loopback, started and stopped by `cluster`."""

import contextlib
import getpass
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "scancel", "scontrol")

CONF = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket,cred_expire=3
SlurmUser={user}
SlurmdUser={user}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
ReturnToService=2
SchedulerType=sched/builtin
SchedulerParameters=sched_interval=1,batch_sched_delay=0
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobRequeue=1
KillWait=20
MinJobAge=60
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=main Nodes={host} Default=YES PriorityTier=1 GraceTime=15 State=UP
PartitionName=urgent Nodes={host} PriorityTier=2 PreemptMode=OFF State=UP
"""
"""Two processors, and a partition `urgent` whose jobs push those of `main` out, who are told 15 s before."""


@contextlib.contextmanager
def cluster() -> Iterator[Path]:
    """Its folder, with the logs; SLURM_CONF names its configuration meanwhile. Nothing of it is left behind."""
    folder = Path(tempfile.mkdtemp(prefix="slurm"))
    before = {name: os.environ.get(name) for name in ("SLURM_CONF", "PATH")}
    os.environ |= {"SLURM_CONF": str(folder / "slurm.conf"), "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"}
    daemons: list[subprocess.Popen] = []
    try:
        folder.chmod(0o755)
        for name in ("munge", "state", "spool"):
            (folder / name).mkdir()
        (folder / "munge" / "key").write_bytes(secrets.token_bytes(64))
        (folder / "munge" / "key").chmod(0o600)
        words = {"host": socket.gethostname().split(".")[0], "user": getpass.getuser(), "folder": folder}
        (folder / "slurm.conf").write_text(CONF.format(ports=_free_ports(2), **words))
        daemons.append(_munged(folder / "munge"))
        _wait(lambda: (folder / "munge" / "socket").exists(), "munged does not start", folder)
        for name in ("slurmctld", "slurmd"):
            daemons.append(_started([name, "-D"], folder / f"{name}.out"))
        _wait(lambda: "idle" in _say("sinfo", "-h", "-o", "%T"), "no node is idle", folder)
        yield folder
    finally:
        _say("scancel", "--full", "--signal=KILL", f"--user={getpass.getuser()}")
        _say("scancel", f"--user={getpass.getuser()}")
        with contextlib.suppress(TimeoutError):
            _wait(lambda: not _say("squeue", "-h"), "jobs do not end", folder)
        for daemon in reversed(daemons):
            daemon.terminate()
            try:
                daemon.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(daemon.pid, signal.SIGKILL)
                daemon.wait()
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
        shutil.rmtree(folder, ignore_errors=True)


def _munged(folder: Path) -> subprocess.Popen:
    """munged will not run as root, but as the user that its package makes."""
    names = {"key-file": "key", "socket": "socket", "pid-file": "pid", "log-file": "log", "seed-file": "seed"}
    command = ["munged", "--foreground", "--force", *(f"--{name}={folder / file}" for name, file in names.items())]
    if os.geteuid() == 0:
        for path in (folder, folder / "key"):
            shutil.chown(path, "munge", "munge")
        command = ["setpriv", "--reuid=munge", "--regid=munge", "--clear-groups", *command]
    return _started(command, folder.parent / "munged.out")


def _started(command: list[str], output: Path) -> subprocess.Popen:
    with open(output, "wb") as file:
        return subprocess.Popen(command, stdout=file, stderr=file, stdin=subprocess.DEVNULL, start_new_session=True)


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def _say(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


def _wait(until, complaint: str, folder: Path, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not until():
        if time.monotonic() > end:
            logs = "\n".join(path.read_text(errors="replace")[-2000:] for path in folder.glob("*.log"))
            raise TimeoutError(f"{complaint}\n{logs}")
        time.sleep(0.2)
