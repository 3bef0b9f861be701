"""What the scripts that compare files made by other programs with their text share: running programs, reading tables
back, and the page of the outcome. Fails where CER is above 0.5 % or F1 differs by more than 0.02.
"""

import difflib
import json
import shutil
import subprocess
import sys
from collections import defaultdict

import duckdb

MAX_CER = 0.005
MAX_F1_LOSS = 0.02


def paragraphs(text):
    return [line.strip() for line in text.splitlines() if line.strip()]


def run(*command, **options):
    return subprocess.run([str(it) for it in command], check=True, capture_output=True, **options).stdout


def installed(*programs):
    missing = [program for program in programs if not shutil.which(program)]
    if missing:
        print(f"passed over, {' and '.join(missing)} not installed", flush=True)
    return not missing


def tables(zhibiao, inputs, output):
    """The sentences and the rows of every document by the name of its file."""
    run(zhibiao, "run", "--input", inputs, "--output", output)
    read = lambda table, columns, order: duckdb.execute(
        f"SELECT regexp_extract(source_path, '([^/]*)\\.[^.]*$', 1), {columns} FROM '{output}/current/{table}.parquet' "
        f"JOIN '{output}/current/documents.parquet' USING (document_id) ORDER BY {order}"
    ).fetchall()
    text, rows = defaultdict(str), defaultdict(list)
    for name, sentence in read("sentences", "text", "document_id, sentence_id"):
        text[name] += "".join(sentence.split())
    for name, *row in read("observations", "obs_id, quote, value_text, source_start, source_end", "document_id, source_start, obs_id"):
        rows[name].append(row)
    return text, rows


def character_errors(want, got):
    """Characters of the text that are lost, and others that are put in, by the longest common runs."""
    matcher = difflib.SequenceMatcher(None, want, got, autojunk=False)
    return sum(max(a2 - a1, b2 - b1) for tag, a1, a2, b1, b2 in matcher.get_opcodes() if tag != "equal")


def tuple_f1(zhibiao, output, gold):
    return json.loads(run(zhibiao, "evaluate", output, "--gold", gold, "--json"))["ALL"]["tuple"]


def as_in_text(output, rows, text_rows, moved):
    """Writes the tables again with the places of the text where a row is the text's; gives how many are."""
    key = lambda row: tuple("".join(it.split()) for it in row[1:3])
    places, same = [], 0
    for name, own in rows.items():
        waiting = defaultdict(list)
        for row in text_rows[name]:
            waiting[key(row)].append(row)
        for row in own:
            met = waiting[key(row)].pop(0) if waiting[key(row)] else None
            same += met is not None
            places.append((row[0], *(met[3:5] if met else (10**8, 10**8 + 1))))
    target = moved / "current"
    target.mkdir(parents=True)
    for table in (output / "current").glob("*.parquet"):
        shutil.copy(table, target)
    duckdb.execute("CREATE OR REPLACE TABLE places (obs_id VARCHAR, new_start INT, new_end INT)")
    duckdb.executemany("INSERT INTO places VALUES (?, ?, ?)", places)
    duckdb.execute(
        f"COPY (SELECT o.* REPLACE (new_start AS source_start, new_end AS source_end) FROM '{output}/current/observations.parquet' AS o "
        f"JOIN places USING (obs_id)) TO '{target}/observations.parquet' (FORMAT parquet, COMPRESSION zstd)"
    )
    return same


def compare(zhibiao, gold, work, made):
    """Reads the folder of every way of making and prints how far it is from the text."""
    (work / "text").mkdir()
    for source in gold.glob("*.txt"):
        shutil.copy(source, work / "text")
    text, text_rows = tables(zhibiao, work / "text", work / "out" / "text")
    text_f1 = tuple_f1(zhibiao, work / "out" / "text", gold)
    count = sum(map(len, text_rows.values()))
    width = max(map(len, made))
    print(f"{'way':{width}} {'CER %':>6} {'rows':>5} {'same':>5} {'lost':>5} {'F1':>6}   (text: {count} rows, F1 {text_f1:.3f})")
    failed = []
    for number, (way, inputs) in enumerate(made.items()):
        output = work / "out" / str(number)
        got, rows = tables(zhibiao, inputs, output)
        cer = sum(character_errors(text[name], got[name]) for name in text) / sum(map(len, text.values()))
        same = as_in_text(output, rows, text_rows, work / "moved" / str(number))
        f1 = tuple_f1(zhibiao, work / "moved" / str(number), gold)
        print(f"{way:{width}} {cer * 100:6.2f} {sum(map(len, rows.values())):5} {same:5} {count - same:5} {f1:6.3f}", flush=True)
        if cer > MAX_CER or f1 < text_f1 - MAX_F1_LOSS:
            failed.append(way)
    if failed:
        sys.exit("beyond the limits: " + ", ".join(failed))
