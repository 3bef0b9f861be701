"""Holds what the program says of whole reports (place, level, kind, years) against a manifest written by hand.

usage: python tests/front_corpus.py PROGRAM [CORPUS]

The corpus lies beside the checkout (../shared/corpus); without it nothing is measured. Each report is read twice: under its
own file name and under a neutral one (f0001.txt), as the name of a file that nobody has seen may tell nothing. Every
disagreement is printed with what the row says. The manifest's `year` is the year in which a report was given, its `place`
the whole name (保定市徐水县); a zone without a code of its own (大鹏新区) has a name and no code.
"""

import csv
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import duckdb

ROOT = pathlib.Path(__file__).resolve().parent.parent
NATION = "000000"
STATE_COUNCIL = "国务院"
KINDS = {"gwr": "work_report", "performance": "performance", "communique": "communique", "other": "other"}
# The least share of reports that must be right under their own names; under neutral ones some texts name no place.
LEAST = {("own", "place"): 0.99, ("own", "years"): 0.99, ("neutral", "place"): 0.98, ("neutral", "years"): 0.97}


def areas():
    with open(ROOT / "data/vocab/areas.csv", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def is_valid(area, year):
    """Whether a name was that of its code in a year: the table has the years of revisions, and a change lies up to a year
    before its revision; what was last seen in 2016 may have gone on for some years."""
    first, last = area["valid_from"], area["valid_to"]
    return (not first or int(first) - 1 <= year) and (not last or year <= int(last) + 1 or last == "2016")


def is_strictly_valid(area, year):
    return (not area["valid_from"] or int(area["valid_from"]) <= year) and (not area["valid_to"] or year <= int(area["valid_to"]))


def expected_area(place, year, table):
    """The code and name that the manifest's place stands for."""
    if place == STATE_COUNCIL:
        return NATION, next(a["name"] for a in table if a["code"] == NATION)
    named = {}
    for area in table:
        named.setdefault(area["code"], set()).add(area["name"])

    def parents(area):
        code, names = area["parent_code"], set()
        while code and code != NATION:
            names |= named[code]
            code = next(a["parent_code"] for a in table if a["code"] == code)
        return names

    found = [a for a in table if place.endswith(a["name"]) and is_valid(a, year)]
    found = [a for a in found if place == a["name"] or place[: -len(a["name"])] in parents(a)]
    if found:
        best = max(found, key=lambda a: (len(a["code"].rstrip("0")), is_strictly_valid(a, year)))
        return best["code"], best["name"]
    return None, place


def read(program, paths, folder):
    output = folder / "tables"
    done = subprocess.run([program, "run", "--config", ROOT / "pipeline.toml", "--input", paths, "--output", output], cwd=folder, capture_output=True, text=True)
    if done.returncode > 1:
        sys.exit(f"front_corpus.py: {done.stderr}")
    rows = duckdb.execute(f"SELECT * FROM '{output}/current/documents.parquet'").fetchall()
    names = [c[0] for c in duckdb.execute(f"DESCRIBE SELECT * FROM '{output}/current/documents.parquet'").fetchall()]
    documents = [dict(zip(names, row)) for row in rows]
    issues = {}
    for document, code, message in duckdb.execute(
        f"SELECT document_id, code, message FROM '{output}/current/issues.parquet'"
    ).fetchall():
        issues.setdefault(document, []).append((code, message))
    for document in documents:
        document["issues"] = issues.get(document["document_id"], [])
    return {pathlib.Path(document["source_path"]).name: document for document in documents}


def compare(manifest, documents, name_of, table):
    """The disagreements of each field, as lines to read."""
    wrong = {field: [] for field in ("place", "level", "kind", "years")}
    invalid, late, found = [], [], {field: 0 for field in ("title", "speaker", "meeting", "delivered_date", "published_date")}
    for entry in manifest:
        row = documents.get(name_of[entry["path"]])
        path = pathlib.Path(entry["path"]).name
        if row is None:
            wrong["place"].append(f"{path}: no row")
            continue
        for field in found:
            found[field] += row[field] is not None
        years = [row["report_year"], row["reviewed_year"], row["planned_year"]]
        code, name = expected_area(entry["place"], entry["year"], table)
        if (row["ref_area"], row["ref_area_name"]) != (code, name):
            wrong["place"].append(f"{path}: {row['ref_area']} {row['ref_area_name']}, not {code} {name}")
        level = "zone" if code is None else entry["level"].replace("district", "county")
        if row["area_level"] != level:
            wrong["level"].append(f"{path}: {row['area_level']}, not {level}")
        if row["report_kind"] != KINDS[entry["kind"]]:
            wrong["kind"].append(f"{path}: {row['report_kind']}, not {KINDS[entry['kind']]}")
        if years[0] != entry["year"] or years[1] not in (entry["year"] - 1, entry["year"]) or years[2] is None:
            wrong["years"].append(f"{path}: given, reviewed, planned {years}, not {entry['year']}")
        if years[0] is not None and years[1] != years[0] - 1:
            late.append(f"{path}: {years}, given {row['delivered_date']}")
        if row["ref_area"] and years[0]:
            same = [a for a in table if (a["code"], a["name"]) == (row["ref_area"], row["ref_area_name"])]
            if not any(is_valid(a, years[0]) for a in same):
                invalid.append(f"{path}: {row['ref_area']} {row['ref_area_name']} in {years[0]}")
    return wrong, invalid, late, found


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: python tests/front_corpus.py PROGRAM [CORPUS]")
    program = pathlib.Path(sys.argv[1]).resolve()
    corpus = pathlib.Path(sys.argv[2] if len(sys.argv) == 3 else ROOT.parent / "shared/corpus").resolve()
    if not (corpus / "manifest.jsonl").exists():
        print(f"front_corpus.py: skipped, {corpus} is not there")
        return
    with open(corpus / "manifest.jsonl", encoding="utf-8") as file:
        manifest = [json.loads(line) for line in file]
    table, short = areas(), []
    for naming in ("own", "neutral"):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            (folder / "in").mkdir()
            name_of = {}
            for number, entry in enumerate(manifest, 1):
                path = pathlib.Path(entry["path"])
                name_of[entry["path"]] = path.name if naming == "own" else f"f{number:04}{path.suffix}"
                shutil.copy(corpus / path, folder / "in" / name_of[entry["path"]])
            documents = read(program, folder / "in", folder)
        wrong, invalid, late, found = compare(manifest, documents, name_of, table)
        for field, lines in wrong.items():
            share = 1 - len(lines) / len(manifest)
            print(f"{naming} names, {field}: {len(manifest) - len(lines)} of {len(manifest)} agree ({share:.1%})")
            for line in lines:
                print(f"    {line}")
            if share < LEAST.get((naming, field), 0):
                short.append(f"{field} under {naming} names")
        print(f"{naming} names, codes not valid in the year of the report: {len(invalid)}", *invalid, sep="\n    ")
        print(f"{naming} names, looking back on the year they were given in: {len(late)}", *late, sep="\n    ")
        print(f"{naming} names, found: " + ", ".join(f"{field} {count}" for field, count in found.items()))
    if short:
        sys.exit(f"front_corpus.py: too few agree: {'; '.join(short)}")


if __name__ == "__main__":
    main()
