"""Speed of public packages that read Chinese numbers and quantities, over the sentences of data/reports, on one core.

    python3 -m venv peers
    peers/bin/pip install recognizers-text-suite==1.0.2a2 jionlp==1.5.31 cn2an==0.5.24 WeTextProcessing==1.2.0
    peers/bin/python benches/peers.py [PROGRAM]

PROGRAM is zhibiao, `target/release/zhibiao` if nothing is said. Each package reads sentence by sentence, as its documentation
shows, for SECONDS at most; what it takes to load is not counted. zhibiao makes its whole data set of the same sentences,
written many times over as one file for each report, and start and publication are counted.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
SECONDS = 15
COPIES = 100


def reports():
    return [path.read_text(encoding="utf-8") for path in sorted((PROJECT / "data/reports").glob("*.txt")) if is_text(path)]


def is_text(path):
    try:
        path.read_text(encoding="utf-8")
        return True
    except UnicodeDecodeError:
        return False


def sentences():
    marked = "".join(text.replace("。", "。\n") + "\n" for text in reports())
    return [line.strip() for line in marked.splitlines() if line.strip()]


def recognizers():
    from recognizers_number_with_unit import NumberWithUnitRecognizer
    from recognizers_number import NumberRecognizer
    from recognizers_text import Culture

    unit, number = NumberWithUnitRecognizer(Culture.Chinese), NumberRecognizer(Culture.Chinese)
    models = [unit.get_currency_model(), unit.get_dimension_model(), number.get_percentage_model(), number.get_number_model()]
    return lambda text: sum(len(model.parse(text)) for model in models)


def recognizers_numbers():
    from recognizers_number import NumberRecognizer
    from recognizers_text import Culture

    model = NumberRecognizer(Culture.Chinese).get_number_model()
    return lambda text: len(model.parse(text))


def jionlp():
    import jionlp

    return lambda text: len(jionlp.ner.extract_money(text, with_parsing=True)) + len(jionlp.ner.extract_time(text, with_parsing=False))


def cn2an():
    import cn2an

    return lambda text: int(cn2an.transform(text, "cn2an") != text)


def wetext():
    from itn.chinese.inverse_normalizer import InverseNormalizer

    normalizer = InverseNormalizer(enable_0_to_9=True)
    return lambda text: int(normalizer.normalize(text) != text)


PEERS = {
    "recognizers-text: numbers, percentages, units, money": recognizers,
    "recognizers-text: numbers alone": recognizers_numbers,
    "jionlp: money and times": jionlp,
    "cn2an: numerals rewritten": cn2an,
    "WeTextProcessing: numerals rewritten": wetext,
}


def measure(name, load, texts):
    try:
        read = load()
    except ImportError as error:
        print(f"| {name} | not installed ({error}) | | |", flush=True)
        return
    read(texts[0])
    chars, found, failed, begin = 0, 0, 0, time.process_time()
    for text in texts:
        chars += len(text)
        try:
            found += read(text)
        except Exception:  # what a package does not survive is counted, not hidden
            failed += 1
        if time.process_time() - begin > SECONDS:
            break
    seconds = time.process_time() - begin
    print(f"| {name} | {chars / seconds:,.0f} | {found} in {chars} characters | {failed} |", flush=True)


def zhibiao(program):
    with tempfile.TemporaryDirectory() as folder:
        texts = reports()
        for copy in range(COPIES):
            for number, text in enumerate(texts):
                path = Path(folder) / "reports" / f"{copy:03}" / f"{number}.txt"
                path.parent.mkdir(parents=True, exist_ok=True)
                # A line of its own makes each file another document.
                path.write_text(f"{text}\n第{copy}份。\n", encoding="utf-8")
        command = [program, "run", "--input", f"{folder}/reports", "--output", f"{folder}/tables", "--threads", "1"]
        begin = time.monotonic()
        subprocess.run(command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        seconds = time.monotonic() - begin
        chars = COPIES * sum(map(len, texts))
        tables = json.loads((Path(folder) / "tables/current/manifest.json").read_text())["tables"]
        rows = sum(table["rows"] for table in tables.values())
        print(f"| zhibiao: the whole data set, published | {chars / seconds:,.0f} | {rows} rows in {chars} characters | 0 |")


def main():
    print("| what | characters a second | found | failed |\n|---|---|---|---|", flush=True)
    texts = sentences()
    for name, load in PEERS.items():
        measure(name, load, texts)
    zhibiao(sys.argv[1] if len(sys.argv) > 1 else PROJECT / "target/release/zhibiao")


if __name__ == "__main__":
    main()
