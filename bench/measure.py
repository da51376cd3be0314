"""Runs commands in turn, A B C A B C ..., and tells their times and peak memory. A machine has slow minutes: commands are
only compared within a round."""
import dataclasses
import os
import statistics
import subprocess
import threading
import time

WIDTH = 100


@dataclasses.dataclass
class Command:
    label: str
    arguments: list
    messages: int  # that the input holds
    bytes: int  # of input


@dataclasses.dataclass
class Run:
    seconds: float
    peak: int  # bytes, 0 if unknown
    status: int


class PeakMemory(threading.Thread):
    """Follows a process's high-water mark. What wait4 returns is no less than the size of the process that started it."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.status = f"/proc/{pid}/status"
        self.over = threading.Event()
        self.peak = 0

    def run(self):
        while True:
            try:
                with open(self.status) as status:
                    for line in status:
                        if line.startswith("VmHWM:"):
                            self.peak = max(self.peak, int(line.split()[1]) * 1024)
            except OSError:
                return
            if self.over.wait(0.01):
                return


def run(arguments):
    begin = time.monotonic()
    process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    memory = PeakMemory(process.pid)  # Popen returns when the command has replaced Python
    memory.start()
    status = process.wait()
    seconds = time.monotonic() - begin
    memory.over.set()
    memory.join()
    return Run(seconds, memory.peak, status)


def rounds(commands, count):
    """One list of runs per command. A first round, not counted, brings files into the page cache."""
    results = [[] for _ in commands]
    for number in range(count + 1):
        for command, runs in zip(commands, results):
            measured = run([str(argument) for argument in command.arguments])
            if number > 0:
                runs.append(measured)
    return results


def median_seconds(runs):
    return statistics.median(each.seconds for each in runs)


def peak(runs):
    return max(each.peak for each in runs)


def print_table(commands, results, base):
    """`base` is the index of the command that the last column compares with."""
    print(f"{'command':37} {'seconds':>8} {'min - max':>15} {'messages/s':>10} {'MB/s':>8} {'MiB':>7} {'per message':>12}")
    base_cost = [each.seconds / commands[base].messages for each in results[base]]
    for command, runs in zip(commands, results):
        seconds = median_seconds(runs)
        times = [each.seconds for each in runs]
        ratio = statistics.median(each.seconds / command.messages / cost for each, cost in zip(runs, base_cost))
        failed = next((each.status for each in runs if each.status != 0), 0)
        spread = f"{min(times):.3f} - {max(times):.3f}"
        last = f"exit {failed}" if failed else f"{ratio:.2f} x"
        print(f"{command.label[:37]:37} {seconds:8.3f} {spread:>15} {command.messages / seconds:10,.0f} "
              f"{command.bytes / seconds / 1e6:8,.1f} {peak(runs) / 2**20:7.1f} {last:>12}", flush=True)
    return all(each.status == 0 for runs in results for each in runs)


def count_lines(arguments, prefix):
    """How many lines of the command's output begin with `prefix`."""
    with subprocess.Popen([str(argument) for argument in arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL) as process:
        return sum(line.startswith(prefix) for line in process.stdout)
