"""Makes PDF files of annotated reports in several ways, has the program read them, and says what is lost.

usage: python tests/formats_pdf.py ZHIBIAO GOLD_DIR WORK_DIR

GOLD_DIR holds NAME.txt and NAME.jsonl as for `zhibiao evaluate`. Every producer that is on this machine (LibreOffice,
Chromium, reportlab, typst) writes each report as plain pages, with running head and page numbers, and in two columns;
one that is not there is named and skipped. Each kind is read twice, by PDFium and by pdftotext. The table printed tells
CER    characters wrong, lost or too many, in % of those read from the plain text (white space left out)
tuple  F1 of value, unit, measure, direction, status, comparator and period against the annotations
Of a small table it tells whether it is read as its text with tabs would be. Needs duckdb; reportlab and typst where those are to be measured.
"""

import bisect
import html
import json
import os
import pathlib
import shutil
import subprocess
import sys

import duckdb

HEAD = "政府工作报告汇编"
ROWS = [
    ["指标", "单位", "2021年", "增长（%）"],
    ["地区生产总值", "亿元", "3128.4", "5.1"],
    ["一般公共预算收入", "亿元", "296.3", "4.8"],
    ["居民人均可支配收入", "元", "68521", "7.0"],
    ["新增就业", "人", "12500", ""],
    ["绿化面积", "公顷", "41.6", "2.5"],
]


def paragraphs(path):
    """The paragraphs of a report and how many of them are its title block."""
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    title = 0
    while title < min(6, len(lines)) and len(lines[title]) < 40 and not lines[title].startswith(("一", "各位")):
        title += 1
    return lines, title


# ---- producers: (paragraphs, how many are title, layout, path); layout is plain, heads, columns or table

def libreoffice(lines, title, layout, path):
    text = lambda line: html.escape(line, quote=False)
    body = "".join(
        f'<text:p text:style-name="{"T" if i < title else "P"}">{text(line)}</text:p>' for i, line in enumerate(lines)
    )
    if layout == "columns":
        body = f'<text:section text:style-name="S" text:name="s">{body}</text:section>'
    if layout == "table":
        cells = lambda row: "".join(f"<table:table-cell><text:p>{text(cell)}</text:p></table:table-cell>" for cell in row)
        rows = "".join(f"<table:table-row>{cells(row)}</table:table-row>" for row in ROWS)
        body += f'<table:table table:name="t"><table:table-column table:number-columns-repeated="4"/>{rows}</table:table>'
        body += '<text:p text:style-name="P">以上为主要指标完成情况。</text:p>'
    heads = layout in ("heads", "columns")
    master = (
        f'<style:header><text:p text:style-name="C">{HEAD}</text:p></style:header><style:footer><text:p text:style-name="C">- '
        "<text:page-number/> -</text:p></style:footer>" if heads else ""
    )
    space = "urn:oasis:names:tc:opendocument:xmlns"
    font = 'fo:font-size="{}pt" style:font-size-asian="{}pt" style:font-name-asian="N" style:font-name="N"'.format
    style = lambda name, paragraph, size: (
        f'<style:style style:name="{name}" style:family="paragraph"><style:paragraph-properties {paragraph}/>'
        f"<style:text-properties {font(size, size)}/></style:style>"
    )
    source = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="{space}:office:1.0" xmlns:style="{space}:style:1.0" xmlns:text="{space}:text:1.0"
 xmlns:table="{space}:table:1.0" xmlns:svg="{space}:svg-compatible:1.0" xmlns:fo="{space}:xsl-fo-compatible:1.0"
 office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.text">
<office:font-face-decls><style:font-face style:name="N" svg:font-family="'Noto Serif CJK SC'"/></office:font-face-decls>
<office:styles/><office:automatic-styles>
{style("P", 'fo:text-align="justify" fo:text-indent="32pt" fo:line-height="28pt"', 16)}
{style("T", 'fo:text-align="center" fo:line-height="36pt"', 22)}{style("C", 'fo:text-align="center"', 10)}
<style:style style:name="S" style:family="section"><style:section-properties text:dont-balance-text-columns="true">
<style:columns fo:column-count="2" fo:column-gap="24pt"/></style:section-properties></style:style>
<style:page-layout style:name="L"><style:page-layout-properties fo:page-width="595pt" fo:page-height="842pt"
 fo:margin-top="60pt" fo:margin-bottom="60pt" fo:margin-left="72pt" fo:margin-right="72pt"/>
 <style:header-style/><style:footer-style/></style:page-layout></office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="L">{master}</style:master-page>
</office:master-styles><office:body><office:text>{body}</office:text></office:body></office:document>"""
    flat = path.with_suffix(".fodt")
    flat.write_text(source, encoding="utf-8")
    profile = path.parents[1].resolve() / "libreoffice-profile"
    command = ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", path.parent, flat], check=True, capture_output=True)
    flat.unlink()


def chromium(lines, title, layout, path):
    body = "".join(f'<p class="{"t" if i < title else "p"}">{html.escape(line)}</p>' for i, line in enumerate(lines))
    if layout == "table":
        rows = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in ROWS)
        body += f"<table>{rows}</table><p class=p>以上为主要指标完成情况。</p>"
    columns = "body { column-count: 2; column-gap: 2em }" if layout == "columns" else ""
    page = path.with_suffix(".html")
    page.write_text(
        f"<!doctype html><meta charset=utf-8><title>{HEAD}</title><style>body {{ font: 12pt/1.7 'Noto Serif CJK SC' }}"
        f".p {{ text-indent: 2em; margin: 0 }} .t {{ text-align: center; font-size: 18pt }} td {{ padding: 2pt 9pt }}"
        f"{columns}</style><body>{body}",
        encoding="utf-8",
    )
    profile = path.parents[1].resolve() / "chromium-profile"
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    command += ["--no-first-run", f"--user-data-dir={profile}", f"--print-to-pdf={path.resolve()}"]
    command += ["--no-pdf-header-footer"] if layout != "heads" else []
    subprocess.run([*command, page.resolve().as_uri()], check=True, capture_output=True)
    page.unlink()


def reportlab(lines, title, layout, path):
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph, Table

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = lambda **keys: ParagraphStyle("s", fontName="STSong-Light", wordWrap="CJK", **keys)
    plain, head = style(fontSize=14, leading=24, firstLineIndent=28), style(fontSize=20, leading=36, alignment=1)

    def furniture(canvas, document):
        if layout in ("heads", "columns"):
            canvas.setFont("STSong-Light", 9)
            canvas.drawCentredString(297, 805, HEAD)
            canvas.drawRightString(525, 30, f"第{document.page}页")

    frames = [Frame(70, 60, 455, 722)]
    if layout == "columns":
        frames = [Frame(50, 60, 240, 722), Frame(305, 60, 240, 722)]
    document = BaseDocTemplate(str(path), pagesize=(595, 842))
    document.addPageTemplates(PageTemplate(frames=frames, onPage=furniture))
    story = [Paragraph(html.escape(line), head if i < title else plain) for i, line in enumerate(lines)]
    if layout == "table":
        story.append(Table(ROWS, style=[("FONT", (0, 0), (-1, -1), "STSong-Light", 12)]))
        story.append(Paragraph("以上为主要指标完成情况。", plain))
    document.build(story)


def typst(lines, title, layout, path):
    import typst as compiler

    text = lambda line: "#" + json.dumps(line, ensure_ascii=False)
    head = f'header: align(center)[#text(9pt)[{HEAD}]], footer: context align(center)[— #counter(page).display() —],'
    body = "\n\n".join(
        f"#align(center)[#text(20pt)[{text(line)}]]" if i < title else text(line) for i, line in enumerate(lines)
    )
    if layout == "table":
        cells = ", ".join(f"[{text(cell)}]" for row in ROWS for cell in row)
        body += f"\n\n#table(columns: 4, {cells})\n\n以上为主要指标完成情况。"
    source = path.with_suffix(".typ")
    source.write_text(
        f'#set page(paper: "a4", columns: {2 if layout == "columns" else 1}, {head if layout in ("heads", "columns") else ""})\n'
        '#set text(font: "Noto Serif CJK SC", size: 12pt, lang: "zh", region: "cn")\n'
        f"#set par(justify: true, first-line-indent: (amount: 2em, all: true))\n{body}\n",
        encoding="utf-8",
    )
    compiler.compile(str(source), output=str(path))
    source.unlink()


def absent(name):
    """Why a producer cannot be used here; None when it can."""
    program = {"libreoffice": "soffice", "chromium": "chromium"}.get(name)
    if program:
        return None if shutil.which(program) else f"{program} is not installed"
    try:
        __import__(name)
    except ImportError:
        return f"the Python package {name} is not installed"
    return None


# ---- reading

def run(zhibiao, inputs, work, road):
    """Has the program read a directory; `road` is pdfium or pdftotext."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    settings = work / "pipeline.toml"
    settings.write_text(f"[read]\ninputs = [{json.dumps(str(inputs.resolve()))}]\n[write]\noutput = 'out'\n")
    environment = dict(os.environ)
    if road == "pdftotext":
        environment["ZHIBIAO_PDFIUM"] = ""
    done = subprocess.run([zhibiao, "run", "--config", settings], env=environment, capture_output=True, text=True)
    if done.returncode > 1:
        sys.exit(f"formats_pdf.py: {done.stderr}")
    return work / "out" / "current"


def read_back(tables):
    """Name of a report -> its paragraphs and the place of each of their characters in the text read."""
    query = f"""SELECT split_part(parse_filename(source_path), '.', 1), text, s.source_start, s.source_end
        FROM '{tables}/sentences.parquet' s JOIN '{tables}/documents.parquet' USING (document_id) ORDER BY 1, sentence_id"""
    texts = {}
    for name, text, start, end in duckdb.execute(query).fetchall():
        characters, places = texts.setdefault(name, ([], []))
        text = "".join(text.split())
        characters.append(text)
        # Spaces and folded signs are few: a character lies where its share of the sentence ends.
        places += [start + (end - start) * i / max(len(text), 1) for i in range(len(text))]
    return {name: ("".join(characters), places) for name, (characters, places) in texts.items()}


def align(ours, theirs, size=12):
    """Spans of two texts that are the same, found by runs of `size` characters that stand once in each."""
    once = lambda text: {k: i for k, i in sorted(count(text, size).items()) if i >= 0}
    left, right = once(ours), once(theirs)
    pairs = sorted((i, right[k]) for k, i in left.items() if k in right)
    # The longest rising chain, so that moved pieces count as wrong.
    tails, chain, back = [], [], []
    for i, (_, j) in enumerate(pairs):
        at = bisect.bisect_left(tails, j)
        tails[at:at + 1] = [j]
        chain[at:at + 1] = [i]
        back.append(chain[at - 1] if at else None)
    at, anchors = chain[-1] if chain else None, []
    while at is not None:
        anchors.append(pairs[at])
        at = back[at]
    return anchors[::-1]


def count(text, size):
    seen = {}
    for i in range(len(text) - size + 1):
        piece = text[i:i + size]
        seen[piece] = -1 if piece in seen else i
    return seen


def distance(a, b):
    while a and b and a[0] == b[0]:
        a, b = a[1:], b[1:]
    while a and b and a[-1] == b[-1]:
        a, b = a[:-1], b[:-1]
    if len(a) * len(b) > 4_000_000:
        return max(len(a), len(b))
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]


def errors(ours, theirs):
    """Edits between two texts, region by region between the spans that are the same."""
    total, i, j = 0, 0, 0
    for x, y in align(ours, theirs) + [(len(ours), len(theirs))]:
        if x >= i and y >= j:
            total += distance(ours[i:x], theirs[j:y])
            i, j = x, y
    return total


def moved(tables, ours, theirs, out):
    """The tables with the places of observations seen from the plain text, for `evaluate`."""
    out.mkdir(parents=True, exist_ok=True)
    shutil.copy(tables / "documents.parquet", out)
    rows = duckdb.execute(f"""SELECT obs_id, split_part(parse_filename(source_path), '.', 1), o.source_start, o.source_end,
        value_text FROM '{tables}/observations.parquet' o JOIN '{tables}/documents.parquet' USING (document_id)""").fetchall()
    anchors = {name: align(ours[name][0], theirs[name][0]) for name in ours if name in theirs}
    places = []
    for obs_id, name, start, end, value_text in rows:
        text, at = ours[name]
        i = bisect.bisect_left(at, start)
        chain = anchors.get(name, [])
        k = max(bisect.bisect_right(chain, (i, 1 << 60)) - 1, 0)
        shift = chain[k][1] - chain[k][0] if chain else 0
        where = theirs[name][1] if name in theirs else []
        j = min(max(i + shift, 0), len(where) - 1)
        if j >= 0:
            places.append((obs_id, round(where[j]), round(where[j]) + end - start, value_text, name))
    return places


def settle(places, gold):
    """The exact place of each value in the plain text: the nearest place with the same words."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in gold.glob("*.txt")}
    for obs_id, start, end, value_text, name in places:
        text = texts[name]
        # Without white space, as a line end may have gone or come.
        window = range(max(0, start - 40), min(len(text), end + 40))
        kept = [i for i in window if not text[i].isspace()]
        squeezed, wanted = "".join(text[i] for i in kept), "".join(value_text.split())
        hits, at = [], squeezed.find(wanted)
        while at >= 0 and wanted:
            hits.append(at)
            at = squeezed.find(wanted, at + 1)
        if hits:
            best = min(hits, key=lambda at: abs(kept[at] - start))
            start, end = kept[best], kept[best + len(wanted) - 1] + 1
        yield obs_id, start, end


def tuple_f1(zhibiao, tables, ours, theirs, gold, out):
    places = list(settle(moved(tables, ours, theirs, out), gold))
    connection = duckdb.connect()
    connection.execute("CREATE TABLE places (obs_id VARCHAR, a INTEGER, b INTEGER)")
    if places:
        connection.executemany("INSERT INTO places VALUES (?, ?, ?)", places)
    connection.execute(f"""COPY (SELECT o.* REPLACE (a AS source_start, b AS source_end)
        FROM '{tables}/observations.parquet' o JOIN places USING (obs_id)) TO '{out}/observations.parquet' (FORMAT parquet, COMPRESSION zstd)""")
    done = subprocess.run([zhibiao, "evaluate", out, "--gold", gold, "--json"], capture_output=True, text=True)
    return json.loads(done.stdout)["ALL"]["tuple"] if done.stdout else float("nan")


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    zhibiao, gold, work = map(pathlib.Path, sys.argv[1:])
    zhibiao, gold = zhibiao.resolve(), gold.resolve()
    reports = {path.stem: paragraphs(path) for path in sorted(gold.glob("*.txt"))}
    plain = work / "plain"
    plain.mkdir(parents=True, exist_ok=True)
    for name in reports:
        shutil.copy(gold / f"{name}.txt", plain)
    tables = run(zhibiao, plain, work / "run-plain", "pdfium")
    theirs = read_back(tables)
    length = sum(len(text) for text, _ in theirs.values())
    print(f"{'kind':<24}{'road':<11}{'CER %':>8}{'tuple':>8}")
    print(f"{'plain text':<35}{0:>8.3f}{tuple_f1(zhibiao, tables, theirs, theirs, gold, work / 'moved-plain'):>8.3f}")
    table = work / "table-text"
    table.mkdir(exist_ok=True)
    lines = ["主要指标", *("\t".join(row) for row in ROWS), "以上为主要指标完成情况。"]
    (table / "table.txt").write_text("\n".join(lines), encoding="utf-8")
    text_table = run(zhibiao, table, work / "run-table-text", "pdfium")
    for producer in (libreoffice, chromium, reportlab, typst):
        if why := absent(producer.__name__):
            print(f"{producer.__name__:<24}skipped: {why}")
            continue
        for layout in ("plain", "heads", "columns", "table"):
            folder = work / f"{producer.__name__}-{layout}"
            folder.mkdir(parents=True, exist_ok=True)
            for name, (lines, title) in reports.items() if layout != "table" else [("table", (["主要指标"], 1))]:
                if not (folder / f"{name}.pdf").exists():
                    producer(lines, title, layout, folder / f"{name}.pdf")
            for road in ("pdfium", "pdftotext"):
                tables = run(zhibiao, folder, work / f"run-{folder.name}-{road}", road)
                ours = read_back(tables)
                if layout == "table":
                    print(f"{folder.name:<24}{road:<11} {'as written' if ours.get('table', [''])[0] == read_back(text_table)['table'][0] else 'DIFFERS'}")
                    continue
                wrong = sum(errors(ours.get(name, ("", []))[0], text) for name, (text, _) in theirs.items())
                score = tuple_f1(zhibiao, tables, ours, theirs, gold, work / f"moved-{folder.name}-{road}")
                print(f"{folder.name:<24}{road:<11}{100 * wrong / length:>8.3f}{score:>8.3f}", flush=True)


main()
