"""Compares `zhibiao evaluate` with a scoring program beside the project: every figure must be the same.

usage: python tests/gold.py ZHIBIAO OUTPUT GOLD_DIR SCORE_PROGRAM INDICATORS

INDICATORS is the table of catalogue ids (second column) that the scoring program counts links of.
"""

import json
import math
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

zhibiao, output, gold, program, indicators = map(Path, sys.argv[1:])
with tempfile.TemporaryDirectory() as folder:
    # A copy, as the one needs the ids beside the annotations, and the other a text.
    for path in gold.glob("*.json*"):
        shutil.copy(path, folder)
        Path(folder, path.name.split(".")[0] + ".txt").touch()
    ids = [line.split("\t")[1] for line in indicators.read_text(encoding="utf-8").splitlines()[2:] if "\t" in line]
    Path(folder, "indicators.txt").write_text("\n".join(ids), encoding="utf-8")
    tables = [output / "current" / f"{table}.parquet" for table in ("observations", "documents")]
    score = [sys.executable, program, *tables, folder, "--json"]
    evaluate = [zhibiao, "evaluate", output, "--gold", folder, "--json"]
    theirs, ours = (
        json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        for command in (score, evaluate)
    )
ours = {**ours["documents"], "ALL": ours["ALL"]}
assert ours.keys() == theirs.keys(), f"documents differ: {sorted(ours)} and {sorted(theirs)}"
differences = [
    f"{name} {figure}: {ours[name].get(figure)}, the scoring program has {want}"
    for name, figures in theirs.items()
    for figure, want in figures.items()
    if (want is None) != (ours[name].get(figure) is None) or want is not None and not math.isclose(ours[name][figure], want)
]
if differences:
    sys.exit("gold.py: figures differ\n" + "\n".join(differences))
print(f"{gold}: {len(theirs) - 1} documents, all figures as the scoring program has them")
