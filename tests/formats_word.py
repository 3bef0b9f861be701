"""Word files made from plain reports by other programs: what is read from them must be what is read from the text.

usage: python tests/formats_word.py ZHIBIAO GOLD_DIR WORK_DIR

GOLD_DIR holds NAME.txt (UTF-8) and NAME.jsonl as for `zhibiao evaluate`. Makes DOCX and DOC files in WORK_DIR, reads them
and prints for every way of making: CER (characters of the sentences without white space, against those of the text), rows
that are the text's, rows of the text that are missing, and F1 of the tuple beside that of the text. A program that is not
installed is passed over, and that is said. Fails where CER is above 0.5 % or F1 differs by more than 0.02.
"""

import html
import re
import shutil
import sys
import zipfile
from pathlib import Path

from formats_shared import compare, installed, paragraphs, run

try:
    import docx
except ImportError:
    docx = None

MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = (
    f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
    'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override '
    'PartName="/word/numbering.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"/></Types>'
)
NUMERALS = [""] + list("一二三四五六七八九") + ["十"] + [f"十{it}" for it in "一二三四五六七八九"] + ["二十"]
LEVELS = [("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3、")]


def runs(line):
    """A line in runs that cut its numbers in two, as Word leaves them."""
    cut = re.sub(r"\d+", lambda it: it.group()[: (len(it.group()) + 1) // 2] + "\0" + it.group()[(len(it.group()) + 1) // 2 :], line)
    return [it for it in cut.split("\0") if it]


def own_docx(path, lines, namespace=MAIN):
    """A Word file whose headings get their numbers from a list where they count on."""
    counts, body = [0, 0, 0], []
    for line in lines:
        level, mark = heading(line, counts)
        place = f'<w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr></w:pPr>' if mark else ""
        if mark:
            counts[level] += 1
            counts[level + 1 :] = [0] * (2 - level)
        texts = "".join(f'<w:r><w:t xml:space="preserve">{html.escape(it)}</w:t></w:r>' for it in runs(line[len(mark) :]))
        body.append(f"<w:p>{place}{texts}</w:p>")
    levels = "".join(
        f'<w:lvl w:ilvl="{index}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:suff w:val="nothing"/><w:lvlText w:val="{pattern}"/></w:lvl>'
        for index, (kind, pattern) in enumerate(LEVELS)
    )
    relation = lambda id, kind, target: f'<Relationship Id="{id}" Type="{OFFICE}/{kind}" Target="{target}"/>'
    relations = lambda *all: f'<Relationships xmlns="{PACKAGE}/relationships">{"".join(all)}</Relationships>'
    parts = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": relations(relation("r1", "officeDocument", "word/document.xml")),
        "word/_rels/document.xml.rels": relations(relation("r1", "numbering", "numbering.xml")),
        "word/document.xml": f'<w:document xmlns:w="{namespace}"><w:body>{"".join(body)}</w:body></w:document>',
        "word/numbering.xml": f'<w:numbering xmlns:w="{namespace}"><w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + content)


def heading(line, counts):
    """The level and the mark of a heading that counts on from the ones before."""
    following = lambda level: counts[level] + 1 if counts[level] + 1 < len(NUMERALS) else 0
    for level, mark in enumerate([f"{NUMERALS[following(0)]}、", f"（{NUMERALS[following(1)]}）", f"{following(2)}、"]):
        if len(mark) > 1 and line.startswith(mark):
            return level, mark
    return 0, ""


def make(sources, work):
    """Files by way of making: way -> folder."""
    made = {}

    def folder(way):
        made[way] = work / "in" / str(len(made))
        made[way].mkdir(parents=True)
        return made[way]

    texts = {source.stem: paragraphs(source.read_text(encoding="utf-8")) for source in sources}
    for way, namespace in [("list numbers", MAIN), ("list numbers, strict names", STRICT)]:
        target = folder(f"docx, {way}")
        for name, lines in texts.items():
            own_docx(target / f"{name}.docx", lines, namespace)
    if docx is None:
        print("passed over, python-docx not installed")
    else:
        plain, tabled = folder("docx by python-docx"), folder("docx by python-docx, in a table")
        for name, lines in texts.items():
            document, table = docx.Document(), docx.Document()
            cell = table.add_table(1, 2).cell(0, 1)
            for line in lines:
                for paragraph in (document.add_paragraph(), cell.add_paragraph()):
                    for text in runs(line):
                        paragraph.add_run(text)
            document.save(plain / f"{name}.docx")
            table.save(tabled / f"{name}.docx")
    if installed("pandoc"):
        target = folder("docx by pandoc")
        for name, lines in texts.items():
            page = "".join(f"<p>{html.escape(it)}</p>" for it in lines)
            run("pandoc", "-f", "html", "-o", target / f"{name}.docx", input=page.encode())
    if installed("soffice"):
        profile = f"-env:UserInstallation={(work / 'soffice').resolve().as_uri()}"
        convert = lambda kind, target, files, *options: run(
            "soffice", "--headless", profile, *options, "--convert-to", kind, "--outdir", target, *sorted(files)
        )
        text_filter = "--infilter=Text (encoded):UTF8"
        convert("docx", folder("docx by LibreOffice"), sources, text_filter)
        convert("doc:MS Word 97", folder("doc by LibreOffice"), sources, text_filter)
        for way in [it for it in made if it.startswith("docx") and "strict" not in it and it != "docx by LibreOffice"]:
            convert("doc:MS Word 97", folder(f"doc by LibreOffice from {way}"), made[way].glob("*.docx"))
        convert("docx", folder("docx by LibreOffice from list numbers"), made["docx, list numbers"].glob("*.docx"))
    return made


def main():
    zhibiao, gold, work = (Path(it).resolve() for it in sys.argv[1:4])
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    compare(zhibiao, gold, work, make(sorted(gold.glob("*.txt")), work))


main()
