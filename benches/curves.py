"""How time and memory grow: 1x, 10x and 100x of a corpus, one enormous document, a million tiny ones.

    cargo build --release && cargo bench --no-run
    python3 benches/curves.py [--from FOLDER] [--work FOLDER] [--threads N ...] [CASE ...]

Cases: 1x 10x 50x 100x 500x (varied by benches/vary.rs), one (one document of the longest text that is read), tiny (a million
documents of one sentence). Each is a run of the command in a process of its own, whose processor time and peak memory the
system tells (wait4). Only the standard library is needed. The work folder needs room for inputs and outputs.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
TINY = 1_000_000
# As many characters as read.max_text_chars allows.
ONE_CHARS = 5_000_000
HEADER = "| case | files | MB | threads | wall s | processor s | s/MB | peak MB | out MB |"


def target() -> Path:
    return Path(os.environ.get("CARGO_TARGET_DIR", PROJECT / "target")) / "release"


def bench(name: str, *arguments: str) -> None:
    subprocess.run(["cargo", "bench", "--quiet", "--bench", name, "--", *arguments], cwd=PROJECT, check=True)


def varied(source: Path, folder: Path, times: int) -> None:
    if not folder.exists():
        bench("vary", str(source), str(folder), str(times))


def sentence(number: int) -> str:
    place, year = f"{number % 3000}号县", 2000 + number % 25
    return f"{year}年，{place}完成生产总值{number % 977 + 20}.{number % 10}亿元，增长{number % 17}.{number % 7}%。"


def tiny(folder: Path) -> None:
    """A million documents of one sentence, a thousand in a folder."""
    if folder.exists():
        return
    for thousand in range(TINY // 1000):
        part = folder / f"{thousand:04}"
        part.mkdir(parents=True)
        for number in range(thousand * 1000, thousand * 1000 + 1000):
            (part / f"{number:07}.txt").write_text(sentence(number), encoding="utf-8")


def one(folder: Path) -> None:
    """One document as long as is read, in paragraphs of ten sentences."""
    if folder.exists():
        return
    folder.mkdir(parents=True)
    length, number = 0, 0
    with open(folder / "one.txt", "w", encoding="utf-8") as file:
        while length < ONE_CHARS - 1000:
            paragraph = "".join(sentence(number + at) for at in range(10)) + "\n"
            length, number = length + len(paragraph), number + 10
            file.write(paragraph)


def size(folder: Path) -> tuple[int, int]:
    files = [path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return len(files), sum(files)


def run(case: str, folder: Path, output: Path, threads: int) -> None:
    shutil.rmtree(output, ignore_errors=True)
    files, length = size(folder)
    command = [target() / "zhibiao", "run", "--input", folder, "--output", output, "--threads", str(threads)]
    begin = time.monotonic()
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - begin
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        sys.exit(f"{case}: the run failed")
    megabytes, processor = length / 1e6, usage.ru_utime + usage.ru_stime
    published = size((output / "current").resolve())[1] / 1e6
    print(
        f"| {case} | {files} | {megabytes:.1f} | {threads} | {wall:.1f} | {processor:.1f} | {wall / megabytes:.3f} "
        f"| {usage.ru_maxrss / 1024:.0f} | {published:.0f} |",
        flush=True,
    )
    stages = json.loads((output / "run_report.json").read_text())["stage_seconds"]
    print(f"<!-- {case}: {' '.join(f'{name} {seconds:.1f}' for name, seconds in stages.items())} -->", flush=True)
    shutil.rmtree(output, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    corpus = PROJECT.parent / "shared" / "corpus"
    parser.add_argument("--from", dest="source", type=Path, default=corpus if corpus.is_dir() else PROJECT / "data/reports")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "zhibiao-curves")
    parser.add_argument("--threads", type=int, nargs="+", default=[1])
    parser.add_argument("cases", nargs="*", default=["1x", "10x", "100x", "one", "tiny"])
    options = parser.parse_args()
    print(f"{HEADER}\n|{'---|' * (HEADER.count('|') - 1)}", flush=True)
    for case in options.cases:
        folder = options.work / case
        if case == "one":
            one(folder)
        elif case == "tiny":
            tiny(folder)
        else:
            varied(options.source, folder, int(case.removesuffix("x")))
        for threads in options.threads:
            run(case, folder, options.work / "output", threads)


if __name__ == "__main__":
    main()
