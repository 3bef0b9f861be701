"""Bad nights: what a reader sees, and what the next run does, when a run is killed, the disk fills, files vanish.

usage: python tests/nights.py ZHIBIAO [--kills N] [--documents N] [--keep N] [--seed N] [--corpus FOLDER]
       [--only PART,...]

The promise that is tested: `OUTPUT/current` is at every moment one data set, whole, the old one or the new one; a run
that cannot do its work ends with 2 and says why; the next run publishes what a run in a new place publishes, to the
byte, and leaves nothing else behind. Only what a user sees is looked at: exit codes, messages and files.

Prints figures; a line that begins with FAULT is a broken promise, and then the exit code is 1. Small disks need root
and Linux, calls that fail need strace; without them these parts are skipped, which is told.
"""

import argparse
import csv
import hashlib
import io
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zipfile

import duckdb
import pyarrow.parquet

PROJECT = pathlib.Path(__file__).resolve().parent.parent
# What a run may end with when it has published.
PUBLISHED = (0, 1)
FAILED = 2
# No run of these sizes takes so long.
SECONDS = 300
# So many faults are told; the others are counted.
FAULTS_TOLD = 40
# Between two looks of a reader, so that runs get on beside it.
PAUSE = 0.02
# A sentence that makes a report another one.
ADDED = "\n\n全年新建农村公路{}公里，新增绿地{}公顷，城镇登记失业率为3.{}%。\n"
# Records of the table and members of the archive beside the reports.
RECORDS, MEMBERS = 24, 12
# System calls by which files and names reach the disk, and the errors of a dying one.
CALLS = "fsync,fdatasync,rename,renameat,renameat2,symlink,symlinkat,link,linkat,mkdir,mkdirat,unlink,unlinkat"
ERRORS = ("EIO", "ENOSPC", "EROFS")


class Night:
    """Where all this happens, and what was found."""

    def __init__(self, options, folder):
        self.program = options.zhibiao.resolve()
        self.kills = options.kills
        # How often the parts happen that are slower than a kill.
        self.rounds = max(3, options.kills // 16)
        self.random = random.Random(options.seed)
        self.folder = folder
        self.inputs = folder / "inputs"
        self.config = folder / "pipeline.toml"
        self.keep = options.keep
        self.config.write_text(f"[write]\nkeep_versions = {self.keep}\n" if self.keep else "")
        self.faults = 0
        self.wait = "--wait" in self.help("run")
        self.durations = {}
        self.states = {}

    def help(self, command):
        return subprocess.run([self.program, command, "--help"], capture_output=True, text=True).stdout

    def fault(self, text):
        self.faults += 1
        if self.faults <= FAULTS_TOLD:
            print(f"FAULT {text}", flush=True)

    def expect(self, condition, text):
        if not condition:
            self.fault(text)
        return condition

    def command(self, output, *more):
        return [self.program, "run", "--config", self.config, "--input", self.inputs, "--output", output, *more]

    def start(self, output, *more, before=()):
        """A run in a process group of its own, so that all of it can be killed."""
        log = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace", dir=self.folder)
        process = subprocess.Popen(
            [*before, *self.command(output, *more)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log, start_new_session=True,
        )
        process.log = log
        return process

    def end(self, process):
        """The exit code of a run and what it said."""
        try:
            code = process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            code = process.wait()
            self.fault(f"a run was not over after {SECONDS} seconds")
        process.log.seek(0)
        text = process.log.read()
        process.log.close()
        self.expect("panicked" not in text, f"a panic: {text.strip()}")
        return code, text

    def run(self, output, *more, before=()):
        return self.end(self.start(output, *more, before=before))


# Inputs


def texts_of_the_samples():
    """The sample reports: the name, the text and its encoding."""
    samples = []
    for path in sorted((PROJECT / "data/reports").iterdir()):
        if path.name == "README.md":
            continue
        content = path.read_bytes()
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                samples.append((path.name, content.decode(encoding), encoding))
                break
            except UnicodeDecodeError:
                pass
    return samples


def places():
    """The districts of the cities that lie directly under the state, each with its city."""
    with open(PROJECT / "data/vocab/areas.csv", encoding="utf-8") as file:
        areas = [area for area in csv.DictReader(file) if not area["valid_to"]]
    provinces = [area for area in areas if area["level"] == "province"]
    cities = {area["code"]: area["name"] for area in provinces if area["name"].endswith("市")}
    return [(area["name"], cities[area["parent_code"]]) for area in areas if area["parent_code"] in cities]


def another(text, place, shift, chance):
    """A report of another place and other years, with other numbers."""
    district, city = place
    text = re.sub("朝阳区|东城区|西城区", district, text).replace("北京市", city)

    def number(match):
        digits = match[0]
        if re.fullmatch("(19|20)[0-9]{2}", digits):
            return str(int(digits) + shift)
        if "charset" in digits or len(digits) == 1:
            return digits
        return digits[0] + "".join(chance.choice("123456789") if digit != "." else digit for digit in digits[1:])

    return re.sub(r"[0-9]+(?:\.[0-9]+)?(?![0-9-])", number, text)


def make_inputs(folder, count, chance):
    """So many reports, all different, and beside them a table, an archive and a PDF file."""
    samples, districts = texts_of_the_samples(), places()
    reports = []
    for number in range(count + RECORDS + MEMBERS):
        name, text, encoding = samples[number % len(samples)]
        text = another(text, chance.choice(districts), chance.randrange(-12, 3), chance)
        reports.append((f"{number:04}_{name}", text, encoding))
    folder.mkdir()
    for name, text, encoding in reports[:count]:
        (folder / name).write_bytes(text.encode(encoding, "replace"))
    rest = [text for name, text, _ in reports[count:] if name.endswith(".txt")]
    (folder / "table.csv").write_text(table_of(rest[:RECORDS]), encoding="utf-8")
    (folder / "archive.zip").write_bytes(archive_of(rest[RECORDS:] or rest[:1]))
    shutil.copy(PROJECT / "tests/fixtures/report.pdf", folder)


def copy_inputs(corpus, folder, count):
    """Reports that lie beside the project, at most so many."""
    for path in sorted(path for path in corpus.rglob("*") if path.is_file() and path.suffix != ".jsonl")[:count]:
        target = folder / path.relative_to(corpus)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)


def table_of(texts):
    rows = io.StringIO()
    writer = csv.writer(rows)
    writer.writerow(["title", "text"])
    writer.writerows([f"报告{number}", text] for number, text in enumerate(texts))
    return rows.getvalue()


def archive_of(texts):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, text in enumerate(texts):
            archive.writestr(zipfile.ZipInfo(f"{number:03}.txt"), text)
    return content.getvalue()


def reports_in(folder):
    return sorted(path for path in folder.rglob("*") if path.suffix in (".txt", ".html") and path.name != "README.md")


class States:
    """The states that the inputs alternate between, and what a run in a new place makes of each."""

    def __init__(self, night):
        self.night = night
        reports = reports_in(night.inputs)
        self.changed, self.removed = reports[0], reports[len(reports) // 2]
        self.added = reports[-1].with_name("9999_added.txt")
        self.kept = {path: path.read_bytes() for path in (self.changed, self.removed)}
        self.made, self.versions, self.names = {}, {}, set()
        seconds = []
        for state in "ABCD":
            self.go_to(state)
            output = night.folder / f"alone_{state}"
            started = time.monotonic()
            code, text = night.run(output)
            seconds.append(time.monotonic() - started)
            if code not in PUBLISHED:
                sys.exit(f"nights.py: a run without any trouble ended with {code}: {text}")
            version = (output / "current").resolve()
            self.names |= set(os.listdir(output))
            self.made[state] = digests(version)
            self.versions[version.name] = state
            whole(night, version, f"alone {state}")
        self.alone = night.folder / "alone_A"
        night.durations = {True: sum(seconds) / len(seconds), False: sum(seconds) / len(seconds)}
        night.expect(len(self.versions) == 4, f"four states of the inputs give the versions {sorted(self.versions)}")
        print(f"a run takes {seconds[0]:.2f} s and publishes {size_of(self.alone / 'current')} bytes")

    def go_to(self, state):
        """A: all. B: one changed. C: one more. D: one less."""
        for path, content in self.kept.items():
            path.write_bytes(content)
        self.added.unlink(missing_ok=True)
        if state == "B":
            self.changed.write_bytes(self.kept[self.changed] + ADDED.format(11, 12, 1).encode())
        if state == "C":
            self.added.write_text("某县政府工作报告\n" + ADDED.format(21, 22, 2), encoding="utf-8")
        if state == "D":
            self.removed.unlink()

    def published(self, output, where):
        """The state that `current` has, or none; a fault when it is not whole."""
        current = output / "current"
        if not os.path.lexists(current):
            return None
        version = current.resolve()
        state = self.versions.get(version.name)
        if not self.night.expect(state, f"{where}: current leads to {version}, which no state of the inputs gives"):
            return None
        made = digests(version) if version.is_dir() else {}
        wrong = sorted({name for name, _ in made.items() ^ self.made[state].items()})
        self.night.expect(not wrong, f"{where}: {wrong} of {version} are not what a run in a new place makes")
        whole(self.night, version, where)
        return state

    def tidy(self, output, where):
        """Nothing lies in the output that a run in a new place does not leave."""
        left = sorted(set(os.listdir(output)) - self.names)
        self.night.expect(not left, f"{where}: {left} are left in the output")
        # Told once.
        for path in (output / name for name in left):
            path.unlink() if path.is_symlink() or path.is_file() else shutil.rmtree(path)
        versions = os.listdir(output / "versions")
        unknown = sorted(set(versions) - set(self.versions))
        self.night.expect(not unknown, f"{where}: {unknown} are left among the versions")
        kept = self.night.keep or len(versions)
        self.night.expect(len(versions) <= kept, f"{where}: {len(versions)} versions are left, {kept} are to be kept")

    def next_run(self, output, state, where):
        """A run without trouble after trouble: it gives what it must."""
        started = time.monotonic()
        code, text = self.night.run(output)
        seconds = time.monotonic() - started
        self.night.expect(code in PUBLISHED, f"{where}: the next run ended with {code}: {text.strip()}")
        published = self.published(output, f"{where}, next run")
        self.night.expect(published == state, f"{where}: the next run published {published} and not {state}")
        self.tidy(output, f"{where}, next run")
        return seconds


def forget(output, cache=True):
    """Removes what may be removed at any time: versions that are not the current one, and the cache."""
    if cache:
        shutil.rmtree(output / ".cache", ignore_errors=True)
    for version in (output / "versions").iterdir():
        if version != (output / "current").resolve():
            shutil.rmtree(version)


def digests(folder):
    """The sha256 of every file below a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def size_of(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def whole(night, version, where):
    """A version has every file that its manifest tells, with these bytes, and every table opens; gives the manifest."""
    try:
        manifest = json.loads((version / "manifest.json").read_text(encoding="utf-8"))
        files = {f"{name}.parquet": told for name, told in manifest["tables"].items()} | manifest["files"]
        for name, told in files.items():
            content = (version / name).read_bytes()
            is_so = (len(content), hashlib.sha256(content).hexdigest()) == (told["bytes"], told["sha256"])
            night.expect(is_so, f"{where}: {version / name} is not what the manifest tells")
            if name.endswith(".parquet"):
                rows = pyarrow.parquet.ParquetFile(version / name).metadata.num_rows
                night.expect(rows == told["rows"], f"{where}: {name} has {rows} rows, the manifest {told['rows']}")
        for name in ("codebook.md", "codebook.zh.md", "datapackage.json", "croissant.json"):
            night.expect((version / name).is_file(), f"{where}: {version} has no {name}")
        return manifest
    except (OSError, ValueError, KeyError) as error:
        night.fault(f"{where}: {version} is broken: {error!r}")
        return None


# Parts


def kills(night, states):
    """SIGKILL at random moments: half of them spread over the run, half in its last part, where it publishes. So many kills
    that hit a run at work; those that come when it is over are told besides."""
    output = night.folder / "killed"
    old, seen, hits, number = None, {}, 0, -1
    while hits < night.kills and number < 4 * night.kills:
        number += 1
        if number % 10 == 0:
            shutil.rmtree(output, ignore_errors=True)
            old = None
        is_cold = not output.exists() or night.random.random() < 0.3
        if output.exists() and (is_cold or night.random.random() < 0.5):
            forget(output, cache=is_cold)
        new = night.random.choice([state for state in "ABCD" if state != old])
        states.go_to(new)
        share = night.random.uniform(0, 1.1) if number % 2 == 0 else night.random.uniform(0.82, 1.0)
        process = night.start(output)
        time.sleep(share * night.durations[is_cold])
        is_over = process.poll() is not None
        hits += not is_over
        if is_over:
            night.durations[is_cold] *= 0.95
        # The whole of it, or the program alone, as the kernel does when memory is short.
        if not is_over and night.random.random() < 0.5:
            process.kill()
        elif not is_over:
            os.killpg(process.pid, signal.SIGKILL)
        night.end(process)
        where = f"kill {number} at {share:.3f} of the way from {old} to {new}"
        found = states.published(output, where) if output.exists() else None
        night.expect(found in (old, new), f"{where}: current is {found}")
        begun = output.exists() and set(os.listdir(output)) - states.names
        stage = (
            "the run was over" if is_over
            else "old, nothing begun" if found == old and not begun
            else "old, something begun" if found == old
            else "new, run not yet over"
        )
        seen[stage] = seen.get(stage, 0) + 1
        seconds = states.next_run(output, new, where)
        if found == old:
            # What is left of a killed run may make the next one quicker; so only some of it counts.
            night.durations[is_cold] += 0.2 * (seconds - night.durations[is_cold])
        old = new
    print(f"kills of a run at work: {hits}; " + ", ".join(f"{stage}: {count}" for stage, count in sorted(seen.items())))
    night.expect(seen.get("old, something begun", 0) > 0, "no kill hit a run at work")
    verify(night, output)


def verify(night, output):
    if night.help("verify"):
        sources = ["--config", night.config, "--input", night.inputs]
        done = subprocess.run([night.program, "verify", output, *sources], capture_output=True, text=True)
        night.expect(done.returncode == 0, f"verify ended with {done.returncode}: {done.stdout}{done.stderr}")
        print("verify: passed" if done.returncode == 0 else "verify: failed")
    else:
        print("verify: skipped, the program does not offer it")


def calls(night, states):
    """Every call that brings something to the disk is the last one of a run, or fails."""
    if not can_trace():
        return print("calls: skipped, there is no strace, or it may not be used")
    output = night.folder / "called"
    states.go_to("A")
    night.run(output)
    states.go_to("B")
    trace = traced(night, output, CALLS)
    in_order(night, output, trace)
    # The order in which one thread makes them is the order that strace counts in.
    most = {}
    for thread, call in re.findall(r"^([0-9]+) +([a-z0-9]+)\(", trace, re.M):
        most[thread, call] = most.get((thread, call), 0) + 1
    moments = {(call, number) for (_, call), count in most.items() for number in range(1, count + 1)}
    ways = [(*moment, action) for moment in moments for action in ("signal=SIGKILL", *(f"error={e}" for e in ERRORS))]
    night.random.shuffle(ways := sorted(ways))
    # Names first: most calls bring contents to the disk, and one is like the other.
    ways.sort(key=lambda way: way[0] in ("fsync", "fdatasync"))
    ends, old = {}, "B"
    for call, number, action in ways[: night.kills]:
        forget(output)
        new = "A" if old == "B" else "B"
        states.go_to(new)
        inject = f"inject={call}:{action}:when={number}"
        strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", inject]
        code, text = night.run(output, before=strace)
        where = f"{call} {number} {action} from {old} to {new}"
        found = states.published(output, where)
        if "SIGKILL" in action:
            night.expect(found in (old, new), f"{where}: current is {found}")
        elif code in PUBLISHED:
            night.expect(found == new, f"{where}: ended with {code} and current is {found}")
        else:
            night.expect(code == FAILED, f"{where}: ended with {code}: {text.strip()}")
            night.expect(found in (old, new), f"{where}: current is {found}")
            explained(night, text, output, "os error", where)
        end = "killed" if "SIGKILL" in action else f"exit code {code}"
        ends[end] = ends.get(end, 0) + 1
        states.next_run(output, new, where)
        old = new
    print(f"calls: {min(night.kills, len(ways))} of {len(ways)} ways to fail tried; {ends}")


def can_trace():
    command = ["strace", "-o", "/dev/null", "true"]
    return shutil.which("strace") and subprocess.run(command, capture_output=True).returncode == 0


def traced(night, output, calls):
    """The calls of a run, one a line; `<...>` behind the number of a file is its path."""
    log = night.folder / "trace"
    strace = ["strace", "-f", "-y", "-qq", "-s", "4096", "-o", log, "-e", f"trace={calls}"]
    code, text = night.run(output, before=strace)
    night.expect(code in PUBLISHED, f"a traced run ended with {code}: {text.strip()}")
    return log.read_text(errors="replace")


def in_order(night, output, trace):
    """What a cut of the power leaves: contents are on the disk before `current` leads to them, and names too."""
    events = []
    for line in trace.splitlines():
        call = re.match(r"[0-9]+ +([a-z0-9]+)\((.*)", line)
        if not call:
            continue
        if call[1] in ("fsync", "fdatasync"):
            events.append(("sync", re.search("<(.*?)>", call[2])[1]))
        elif call[1].startswith("rename"):
            events.append(("rename", re.findall('"(.*?)"', call[2])[-1]))
    switches = [at for at, event in enumerate(events) if event == ("rename", str(output / "current"))]
    if not night.expect(len(switches) == 1, f"current is switched {len(switches)} times by a run"):
        return
    switch = switches[0]
    synced = {pathlib.Path(path).name for kind, path in events[:switch] if kind == "sync"}
    files = set(os.listdir(output / "current"))
    night.expect(files <= synced, f"{sorted(files - synced)} are not synced before current leads to them")
    version = str((output / "current").resolve())
    moved = events.index(("rename", version)) if ("rename", version) in events else None
    if night.expect(moved is not None and moved < switch, "the version is not renamed to its place before the switch"):
        is_synced = ("sync", str(output / "versions")) in events[moved:switch]
        night.expect(is_synced, "versions is not synced before the switch")
    night.expect(("sync", str(output)) in events[switch:], "the output is not synced after the switch")
    print(f"order on the disk: {len(files)} files synced, {len(events)} calls")


def explained(night, text, output, cause, where):
    """An error names the file and the cause."""
    errors = [line for line in text.splitlines() if line.startswith("error:")]
    night.expect(len(errors) == 1, f"{where}: {len(errors)} errors are told: {text.strip()}")
    for error in errors:
        is_named = cause in error and str(output) in error
        night.expect(is_named, f"{where}: the error does not name file and cause: {error}")


class SmallDisk:
    """A tmpfs whose size and mode can be changed."""

    def __init__(self, folder):
        self.folder = folder
        self.folder.mkdir()

    def mount(self, options):
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", self.folder]
        return subprocess.run(command, capture_output=True).returncode == 0

    def remount(self, options):
        command = ["mount", "-o", f"remount,{options}", self.folder]
        return subprocess.run(command, capture_output=True).returncode == 0

    def used(self):
        disk = os.statvfs(self.folder)
        return (disk.f_blocks - disk.f_bfree) * disk.f_frsize

    def unmount(self):
        subprocess.run(["umount", "-l", self.folder], capture_output=True)


def disks(night, states):
    """Output on a disk that fills, and on one that becomes read-only."""
    disk = SmallDisk(night.folder / "disk")
    if sys.platform != "linux" or not disk.mount("size=1g"):
        return print("disk full, read-only: skipped, no file system may be mounted here")
    try:
        full(night, states, disk)
        read_only(night, states, disk)
    finally:
        disk.unmount()


def full(night, states, disk):
    output = disk.folder / "output"
    refused = 0
    # Before anything was published.
    for size in ("64k", "256k"):
        disk.remount(f"size={size}")
        states.go_to("A")
        code, text = night.run(output)
        where = f"a new disk of {size}"
        night.expect(code == FAILED, f"{where}: ended with {code}")
        explained(night, text, disk.folder, "No space left", where)
        night.expect(not os.path.lexists(output / "current"), f"{where}: something was published")
    disk.remount("size=1g")
    states.next_run(output, "A", "after a new disk was full")
    needed = size_of(states.alone / "current")
    for number in range(night.rounds):
        old, new = "AB" if number % 2 == 0 else "BA"
        # What the disk is full of besides stays the same from round to round.
        forget(output)
        share = (number + 0.5) / night.rounds
        disk.remount(f"size={disk.used() + int(share * needed)}")
        states.go_to(new)
        code, text = night.run(output)
        where = f"a disk with room for {share:.0%} of a version"
        found = states.published(output, where)
        if code in PUBLISHED:
            night.expect(found == new, f"{where}: ended with {code} and current is {found}")
        else:
            refused += 1
            night.expect(code == FAILED, f"{where}: ended with {code}: {text.strip()}")
            night.expect(found == old, f"{where}: current is {found}")
            explained(night, text, disk.folder, "No space left", where)
        disk.remount("size=1g")
        states.next_run(output, new, where)
    night.expect(2 * refused > night.rounds, f"only {refused} of {night.rounds} disks were too small")
    print(f"disk full: {night.rounds} sizes, {refused} runs refused, and 2 on a new disk")


def read_only(night, states, disk):
    output = disk.folder / "output"
    old = states.published(output, "before read-only")
    refused = changed = 0
    for number in range(night.rounds + 1):
        new = "A" if old == "B" else "B"
        states.go_to(new)
        # First before the run, then at a moment of the run; files that are being written put it off a little.
        is_read_only = number == 0 and disk.remount("ro")
        process = night.start(output)
        time.sleep(0 if number == 0 else night.random.uniform(0.1, 1.0) * night.durations[True])
        while not is_read_only and process.poll() is None:
            is_read_only = disk.remount("ro")
        code, text = night.end(process)
        where = f"a disk that became read-only, {number}"
        found = states.published(output, where)
        changed += is_read_only
        if code in PUBLISHED:
            night.expect(found == new, f"{where}: ended with {code} and current is {found}")
        else:
            refused += 1
            night.expect(code == FAILED and found in (old, new), f"{where}: ended with {code}, current is {found}")
            explained(night, text, disk.folder, "Read-only file system", where)
        night.expect(number > 0 or code == FAILED, f"{where}: ended with {code}")
        disk.remount("rw")
        states.next_run(output, new, where)
        old = new
    print(f"read-only: {changed} of {night.rounds + 1} times before a run was over, {refused} runs refused")


def moving_inputs(night, states):
    """Inputs that vanish, change, grow and become what cannot be read while a run works."""
    output = night.folder / "moved"
    states.go_to("A")
    base = {path.relative_to(night.inputs): path.read_bytes() for path in night.inputs.rglob("*") if path.is_file()}
    seen = {"old": 0, "new": 0, "absent": 0, "unread": 0}
    refused = 0
    for number in range(night.rounds):
        shutil.rmtree(night.inputs)
        for name, content in base.items():
            (night.inputs / name).parent.mkdir(parents=True, exist_ok=True)
            (night.inputs / name).write_bytes(content)
        # The bytes of a document before and after, and whether it may be missing.
        told, moves = moves_of(night, base, night.random)
        if output.exists():
            forget(output)
        # All at one moment, which a run must bear; or one after another, which it may refuse.
        moment, is_unrest = night.random.uniform(0, 0.6), number % 2 == 1
        moments = sorted(night.random.uniform(0, 0.6) if is_unrest else moment for _ in moves)
        old = (output / "current").resolve() if output.exists() else None
        kept = digests(old) if old else {}
        process, started = night.start(output), time.monotonic()
        for moment, move in zip(moments, moves):
            time.sleep(max(0, started + moment * night.durations[True] - time.monotonic()))
            move()
        code, text = night.end(process)
        where = f"moving inputs {number}"
        if is_unrest and code == FAILED:
            refused += 1
            told_why = "error: inputs changed" in text
            night.expect(told_why, f"{where}: refused for another reason: {text.strip()}")
            is_old = not old or (output / "current").resolve() == old and digests(old) == kept
            night.expect(is_old, f"{where}: a refused run changed what is published")
        elif night.expect(code in PUBLISHED, f"{where}: ended with {code}: {text.strip()}"):
            read_as_told(night, output, told, seen, where)
        alone = night.folder / "moved_alone"
        shutil.rmtree(alone, ignore_errors=True)
        for place in (output, alone):
            code, text = night.run(place)
            night.expect(code in PUBLISHED, f"{where}: the next run ended with {code}: {text.strip()}")
        versions = [(place / "current").resolve() for place in (output, alone)]
        night.expect(versions[0].name == versions[1].name, f"{where}: the next run gives {[v.name for v in versions]}")
        wrong = sorted(name for name, _ in digests(versions[0]).items() ^ digests(versions[1]).items())
        night.expect(not wrong, f"{where}: the next run gives other {sorted(set(wrong))} than a run in a new place")
    shutil.rmtree(night.inputs)
    for name, content in base.items():
        (night.inputs / name).parent.mkdir(parents=True, exist_ok=True)
        (night.inputs / name).write_bytes(content)
    print(f"moving inputs: {night.rounds} runs, {refused} refused; documents that moved were read as {seen}")


def moves_of(night, base, chance):
    """What every input may be read as, and moves that take it there."""
    told = {str(name): [content] for name, content in base.items() if name.suffix not in (".csv", ".zip")}
    moves = []

    def replace(path, content):
        beside = path.with_name(f".{path.name}.new")
        beside.write_bytes(content)
        return lambda: beside.replace(path)

    def grow(path, content):
        def appended():
            with open(path, "ab") as file:
                file.write(content)
        return appended

    def instead(path, make):
        def replaced():
            path.unlink()
            make(path)
        return replaced

    names = sorted(name for name in base if name.suffix in (".txt", ".html"))
    for position, name in enumerate(chance.sample(names, min(12, len(names)))):
        path, added = night.inputs / name, ADDED.format(31, 32, 3).encode()
        kind = ("vanish", "change", "grow", "directory", "link", "pipe")[position % 6]
        if kind in ("change", "grow"):
            told[str(name)].append(base[name] + added)
        else:
            told[str(name)].append(None)
        moves.append({
            "vanish": lambda path=path: path.unlink(),
            "change": replace(path, base[name] + added),
            "grow": grow(path, added),
            "directory": instead(path, lambda path: path.mkdir()),
            "link": instead(path, lambda path: path.symlink_to("nowhere")),
            "pipe": instead(path, os.mkfifo),
        }[kind])
    # Every record of a table and member of an archive is a document; all of them move at once.
    table, archive = pathlib.Path("table.csv"), pathlib.Path("archive.zip")
    if table in base:
        rows = [row[1] for row in csv.reader(io.StringIO(base[table].decode()))][1:]
        others = [f"报告{number}\n{text}" for number, text in enumerate(rows)]
        for number, texts in enumerate(zip(rows, others), 1):
            told[f"{table}#{number}"] = [text.encode() for text in texts]
        moves.append(replace(night.inputs / table, table_of(others).encode()))
        with zipfile.ZipFile(io.BytesIO(base[archive])) as members:
            texts = [members.read(name) for name in sorted(members.namelist())]
        others = [text + ADDED.format(41, 42, 4).encode() for text in texts]
        for number, contents in enumerate(zip(texts, others)):
            told[f"{archive}/{number:03}.txt"] = list(contents)
        moves.append(replace(night.inputs / archive, archive_of([text.decode() for text in others])))
    chance.shuffle(moves)
    return told, moves


def read_as_told(night, output, told, seen, where):
    """Manifest, documents and issues agree, and every document is what one of its files was, whole."""
    version = (output / "current").resolve()
    manifest = whole(night, version, where)
    if not manifest:
        return
    read = {input["path"].removeprefix(f"{night.inputs}/"): input for input in manifest["inputs"]}
    query = "SELECT source_path, {} FROM read_parquet('{}')"
    documents = duckdb.sql(query.format("document_id", version / "documents.parquet")).fetchall()
    documents = {path.removeprefix(f"{night.inputs}/"): id for path, id in documents}
    issues = duckdb.sql(query.format("code", version / "issues.parquet")).fetchall()
    issues = {(path.removeprefix(f"{night.inputs}/"), code) for path, code in issues if path}
    for path, id in documents.items():
        agrees = path in read and read[path]["sha256"].startswith(id)
        night.expect(agrees, f"{where}: {path} is document {id}, in the manifest {read.get(path)}")
    for path, contents in told.items():
        told_digests = [content if content is None else hashlib.sha256(content).hexdigest() for content in contents]
        digest = read[path]["sha256"] if path in read else None
        named = {code for of, code in issues if of == path}
        if digest is None:
            # Gone before the inputs were listed.
            night.expect(None in contents, f"{where}: {path} is not in the manifest")
            kind = "absent"
        elif digest == "":
            # A file that a run could not read, or did not want to read half old, half new.
            night.expect(len(contents) > 1 and named, f"{where}: {path} was not read; its issues are {sorted(named)}")
            kind = "unread"
        else:
            night.expect(digest in told_digests, f"{where}: {path} was read as {digest}, which it never was")
            kind = "old" if digest == told_digests[0] else "new"
            is_document = path in documents or "duplicate_file" in named
            night.expect(is_document, f"{where}: {path} was read and is no document; its issues are {sorted(named)}")
        if len(contents) > 1:
            seen[kind] += 1


def two_runs(night, states):
    """Two runs at once on one output; and a run that dies, or hangs, with the right to write."""
    output = night.folder / "shared"
    states.go_to("A")
    night.run(output)
    old, ends = "A", {}
    for number in range(night.rounds):
        new = "B" if old == "A" else "A"
        states.go_to(new)
        forget(output)
        where = f"two runs {number}"
        first = night.start(output)
        time.sleep(night.random.uniform(0, 1.0 if number % 2 else 0.05) * night.durations[True])
        second = night.start(output)
        codes = []
        for process in (first, second):
            code, text = night.end(process)
            codes.append(code)
            if code not in PUBLISHED:
                night.expect(code == FAILED and "another run" in text, f"{where}: ended with {code}: {text.strip()}")
        night.expect(min(codes) in PUBLISHED, f"{where}: no run published: {codes}")
        found = states.published(output, where)
        night.expect(found == new, f"{where}: current is {found} and not {new}")
        states.tidy(output, where)
        ends[tuple(codes)] = ends.get(tuple(codes), 0) + 1
        old = new
    print(f"two runs at once: {night.rounds}; ended with {ends}")
    for number in range(min(night.rounds, 4)):
        new = "B" if old == "A" else "A"
        holder = holding(night, states, output, new)
        if holder is None:
            continue
        where = f"a run that hangs {number}"
        code, text = night.run(output, *(["--wait", "1"] if night.wait else []))
        told = code == FAILED and "another run" in text
        night.expect(told, f"{where}: the other ended with {code}: {text.strip()}")
        found = states.published(output, where)
        night.expect(found == old, f"{where}: current is {found}")
        if night.wait and number % 2 == 0:
            waiting = night.start(output, "--wait", str(SECONDS))
            time.sleep(0.5 * night.durations[True])
            night.expect(waiting.poll() is None, f"{where}: the other did not wait")
            os.killpg(holder.pid, signal.SIGKILL)
            code, text = night.end(waiting)
            night.expect(code in PUBLISHED, f"{where}: who waited ended with {code}: {text.strip()}")
        elif night.wait and number % 4 == 1:
            # The holder goes on; who waited then does the work of the next state.
            waiting = night.start(output, "--wait", str(SECONDS))
            os.killpg(holder.pid, signal.SIGCONT)
            code, text = night.end(waiting)
            night.expect(code in PUBLISHED, f"{where}: who waited ended with {code}: {text.strip()}")
        else:
            # The program alone dies; what it started must not keep the right to write.
            holder.kill()
        night.end(holder)
        resume(holder)
        states.next_run(output, new, where)
        old = new
    print(f"a run that hangs: others refused; {'tried with --wait' if night.wait else '--wait is not offered'}")


def resume(holder):
    """What a run that was stopped had started, and is stopped still, goes on."""
    try:
        os.killpg(holder.pid, signal.SIGCONT)
    except ProcessLookupError:
        pass


def holding(night, states, output, new):
    """A run that stopped in the middle of its work."""
    states.go_to(new)
    forget(output)
    holder = night.start(output)
    time.sleep(0.5 * night.durations[True])
    os.killpg(holder.pid, signal.SIGSTOP)
    if night.expect(holder.poll() is None, "the run that was to hang was over too soon"):
        return holder
    night.end(holder)
    return None


def readers(night, states):
    """One reader after another while runs publish. The safe one asks once where `current` leads."""
    output = night.folder / "read"
    states.go_to("A")
    night.run(output)
    over, counts, faults = threading.Event(), {"safe": 0, "unsafe": 0, "mixed": 0}, []

    def read():
        connection = duckdb.connect(config={"threads": 1})
        while not over.is_set():
            try:
                version = (output / "current").resolve(strict=True)
                manifest = json.loads((version / "manifest.json").read_text(encoding="utf-8"))
                for name, told in manifest["tables"].items():
                    query = f"SELECT count(*) FROM read_parquet('{version / name}.parquet')"
                    rows = connection.execute(query).fetchall()[0][0]
                    if rows != told["rows"] or (version / f"{name}.parquet").stat().st_size != told["bytes"]:
                        faults.append(f"a reader finds {name} of {version} with {rows} rows")
                rows = pyarrow.parquet.read_table(version / "observations.parquet").num_rows
                if rows != manifest["tables"]["observations"]["rows"]:
                    faults.append(f"a reader finds {rows} observations in {version}")
                counts["safe"] += 1
                time.sleep(PAUSE)
            except Exception as error:
                faults.append(f"a reader: {error!r}")

    def read_by_name():
        while not over.is_set():
            try:
                manifest = json.loads((output / "current/manifest.json").read_text(encoding="utf-8"))
                contents = {name: (output / f"current/{name}.parquet").read_bytes() for name in manifest["tables"]}
                digest = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
                time.sleep(PAUSE)
                counts["unsafe"] += 1
                counts["mixed"] += any(digest[name] != told["sha256"] for name, told in manifest["tables"].items())
            except Exception as error:
                faults.append(f"a reader by name: {error!r}")

    threads = [threading.Thread(target=read), threading.Thread(target=read_by_name)]
    for thread in threads:
        thread.start()
    for number in range(20):
        new = "BCDA"[number % 4]
        states.go_to(new)
        code, text = night.run(output)
        night.expect(code in PUBLISHED, f"readers: run {number} ended with {code}: {text.strip()}")
        found = states.published(output, f"readers {number}")
        night.expect(found == new, f"readers: run {number} published {found} and not {new}")
    over.set()
    for thread in threads:
        thread.join()
    for text in faults[:10]:
        night.fault(text)
    night.expect(counts["safe"] > 20, f"only {counts['safe']} readers came through")
    print(
        f"readers: 20 publications, {counts['safe']} times read without a fault by who asks once where current leads; "
        f"{counts['mixed']} of {counts['unsafe']} got two versions mixed by going through current for every file"
    )


def wounds(night, states):
    """Versions and a cache that a bad disk or a deletion cut short has damaged; and a log that takes no line."""
    output = night.folder / "wounded"
    wounded = 0

    def hurt(version, way):
        tables = sorted(version.glob("*.parquet"))
        for path in {"empty": list(version.iterdir()), "half": tables[::2], "cut": []}[way]:
            path.unlink()
        if way == "cut":
            os.truncate(version / "observations.parquet", 1000)

    for way in ("empty", "half", "cut"):
        # A version that is not the current one is made again by its inputs; what is left of it is not taken for it.
        shutil.rmtree(output, ignore_errors=True)
        for state in "AB":
            states.go_to(state)
            night.run(output)
            states.published(output, f"wounds, {way}, {state}")
        old = [path for path in (output / "versions").iterdir() if path != (output / "current").resolve()]
        for version in old:
            hurt(version, way)
        states.go_to("A")
        states.next_run(output, "A", f"an old version was {way}")
        # A current one that was hurt does not keep the next run from its work.
        hurt((output / "current").resolve(), way)
        states.go_to("C")
        states.next_run(output, "C", f"the current version was {way}")
        wounded += 2
    # What a cut of the power leaves of a cache that nobody brought to the disk.
    pieces = 0
    for number in range(4):
        for position, path in enumerate(sorted(path for path in output.rglob(".cache/**/*") if path.is_file())):
            content = bytearray(path.read_bytes())
            if position % 2 == number % 2:
                del content[len(content) // 2 :]
            elif content:
                content[night.random.randrange(len(content))] ^= 1
            path.write_bytes(content)
            pieces += 1
        state = "ABCD"[number]
        states.go_to(state)
        states.next_run(output, state, f"the cache was hurt, {number}")
    print(f"wounds: {wounded} versions lost files before the next run, and {pieces} pieces of the cache were damaged")
    if os.path.exists("/dev/full"):
        states.go_to("D")
        for codes, more in ((PUBLISHED, []), ((FAILED,), ["--input", night.folder / "nothing.txt"])):
            with open("/dev/full", "w") as full:
                command = night.command(output, *more)
                code = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=full, stderr=full).returncode
            night.expect(code in codes, f"a run whose log cannot be written ended with {code}")
        print("wounds: 2 runs whose log could not be written")


PARTS = {
    "kills": kills,
    "calls": calls,
    "disks": disks,
    "inputs": moving_inputs,
    "two": two_runs,
    "readers": readers,
    "wounds": wounds,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("zhibiao", type=pathlib.Path)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--documents", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=int, default=2, help="versions that are kept; 0 for all")
    parser.add_argument("--corpus", type=pathlib.Path, help="reports to copy; without it they are made")
    parser.add_argument("--only", default=",".join(PARTS), help=f"parts of {', '.join(PARTS)}")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nights-") as folder:
        night = Night(options, pathlib.Path(folder).resolve())
        if options.corpus:
            copy_inputs(options.corpus, night.inputs, options.documents)
        else:
            make_inputs(night.inputs, options.documents, night.random)
        states = States(night)
        for part in options.only.split(","):
            started = time.monotonic()
            PARTS[part](night, states)
            print(f"  {time.monotonic() - started:.0f} s", flush=True)
    sys.exit(f"{night.faults} faults" if night.faults else 0)


if __name__ == "__main__":
    main()
