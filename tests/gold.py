"""Scores the annotated reports where they are present beside the project, and fails below the floors.

usage: python tests/gold.py OUTPUT/current GOLD_DIR SCORE_PROGRAM

The floors are those the extraction was accepted with; they are raised, never lowered.
"""

import json
import subprocess
import sys

FLOORS = {"detect": 0.99, "value": 0.995, "unit": 0.99, "measure": 0.99, "status": 0.99, "tuple": 0.98}

tables, gold, program = sys.argv[1:]
command = [sys.executable, program, f"{tables}/observations.parquet", f"{tables}/documents.parquet", gold, "--json"]
scores = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["ALL"]
print("annotated reports:", ", ".join(f"{name} {scores[name]:.3f}" for name in FLOORS))
low = {name: round(scores[name], 4) for name, floor in FLOORS.items() if scores[name] < floor}
if low:
    sys.exit(f"gold.py: below the floors {FLOORS}: {low}")
