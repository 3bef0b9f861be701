"""Web pages made from plain reports by other programs and in the manner of government sites: what is read from them
must be what is read from the text.

usage: python tests/formats_html.py ZHIBIAO GOLD_DIR WORK_DIR

GOLD_DIR holds NAME.txt (UTF-8) and NAME.jsonl as for `zhibiao evaluate`. Makes the pages in WORK_DIR, reads them all and
prints for every way of making: CER (characters of the sentences without white space, against those of the text), rows
that are the text's, rows of the text that are missing, and F1 of the tuple beside that of the text. A program that is
not installed is passed over, and that is said. Fails where CER is above 0.5 % or F1 differs by more than 0.02.
"""

import difflib
import html
import json
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import duckdb

MAX_CER = 0.005
MAX_F1_LOSS = 0.02

SHELL = """<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}" />
<title>{title}_某某区人民政府</title><style>.x {{ color: red }}</style>
<script>var menu = "<p>全区新增就业9人，增长9%。</p>"; if (1<2 && 3>2) {{ document.write("<div>x</div>"); }}</script></head>
<body><!-- 页头 --><div class="header"><ul class="nav"><li><a href="/">首页</a></li><li><a href="/zwgk">政务公开</a></li>
<li><a href="/bs">办事服务</a></li></ul><form><input type="text" value="请输入"><select><option>站内</select></form></div>
<div class="position">当前位置：<a href="/">首页</a>&gt;&gt;<a href="/zwgk">政务公开</a></div>
<div class="wrap"><div class="left_box"><h1>{title}</h1>
<div class="info">发布时间：2021-03-03&nbsp;&nbsp;来源：区政府办&nbsp;&nbsp;字号：<a href="javascript:f(16)">大</a> <a href="javascript:f(14)">中</a>
<a href="javascript:window.print()">打印</a></div>
<div class="{container}">{body}</div>
<div class="bdsharebuttonbox">分享到：<a href="#">微信</a><a href="#">微博</a></div>
<div style="display: none">隐藏的文字，共有9个，增长9%。</div>
<div class="related"><h3>相关链接</h3><ul><li><a href="/1">解读：今年要办9件实事，增长9%。</a></li></ul></div></div>
<div class="sidebar"><h3>热点</h3><p>我区召开会议，研究下一步工作，增长9%。</p></div></div>
<div class="footer">主办：某某区人民政府办公室 ICP备00000000号<br>建议使用1024×768分辨率，以获得更好的效果。</div></body></html>"""

LAYOUT = """<HTML><HEAD><META http-equiv=Content-Type content="text/html; charset={charset}"><TITLE>{title}</TITLE></HEAD>
<BODY bgColor=#ffffff><TABLE width=960 align=center><TR><TD><TABLE><TR><TD><A href="/">首页</A><TD><A href="/a">概况</A>
<TD><A href="/b">公开</A></TABLE></TD></TR><TR><TD width=180 vAlign=top><TABLE>
<TR><TD><A href="/c">领导之窗</A></TR><TR><TD><A href="/d">政府文件</A></TR></TABLE></TD>
<TD><TABLE width="100%"><TR><TD align=center><B><FONT size=4>{title}</FONT></B></TD></TR><TR><TD align=right>2021-03-03 来源：区政府办</TD></TR>
<TR><TD id=zw><FONT face=宋体>{body}</FONT></TD></TR></TABLE></TD></TR><TR><TD colspan=2 align=center>版权所有：某某区人民政府办公室</TD></TR></TABLE></BODY></HTML>"""


def paragraphs(text):
    return [line.strip() for line in text.splitlines() if line.strip()]


def title_and_body(text):
    lines = paragraphs(text)
    return lines[0], lines[1:]


def split_numbers(line):
    """Numbers cut into pieces, as Word leaves them: <span>20</span><font>21</font><o:p></o:p>."""
    def cut(number):
        digits, half = number.group(), (len(number.group()) + 1) // 2
        return f'<span lang="EN-US" style="font-family:仿宋">{digits[:half]}</span><font face="Arial">{digits[half:]}</font><o:p></o:p>'

    return re.sub(r"\d+", cut, html.escape(line))


def page(text, shell=SHELL, charset="utf-8", container="TRS_Editor", line=split_numbers, join=None):
    title, lines = title_and_body(text)
    if join is None:
        body = "\n".join(f'<p class="MsoNormal" style="text-indent:2em">&emsp;&emsp;{line(it)}</p>' for it in lines)
    else:
        body = join.join("&nbsp;&nbsp;&nbsp;&nbsp;" + line(it) for it in lines)
    return shell.format(title=html.escape(title), body=body, charset=charset, container=container)


def plain_page(text):
    return "<!DOCTYPE html><html><meta charset=utf-8><body>" + "".join(f"<p>{html.escape(it)}" for it in paragraphs(text))


def wrapped(text):
    """Lines of markup broken in the middle of sentences, nothing closed, big letters."""
    broken = lambda line: html.escape(line).replace("，", "，<SPAN>").replace("。", "。</SPAN>")
    return page(text, line=broken, container="nothing-known").replace("</p>", "")


def archive(text):
    """The page as the first part of a web archive."""
    mail = MIMEMultipart("related", type="text/html")
    mail.attach(MIMEText(page(text), "html", "utf-8"))
    mail.attach(MIMEText("<p>另有一条消息，与本文无关，增长9%。</p>", "html", "utf-8"))
    return mail.as_bytes()


def halves(text):
    """The main text in two elements of no known name, news of three sentences beside them."""
    title, lines = title_and_body(text)
    half = len(lines) // 2
    parts = "".join(f"<div class=part9>{''.join(f'<p>{html.escape(it)}' for it in part)}</div>" for part in (lines[:half], lines[half:]))
    news = "<div class=news9><h3>热点</h3>" + "<p>我区召开会议，研究下一步工作，增长9%。<a href=/9>详细</a>" * 3 + "</div>"
    return f"<html><body><div class=top9><a href=/>首页</a></div><div><h1>{html.escape(title)}</h1><div>{parts}</div></div>{news}"


def own_pages(text):
    yield "site, utf-8", page(text).encode()
    yield "site, no known container", page(text, container="box").encode()
    yield "site, br", page(text, join="<br>\n", container="zw").encode()
    yield "site, divs", page(text, join="</div><div>").encode()
    yield "site, tags not closed", wrapped(text).encode()
    yield "layout tables", page(text, LAYOUT, join="<BR><BR>").encode()
    yield "layout tables, p", page(text, LAYOUT).encode()
    yield "gbk labelled utf-8", page(text).encode("gb18030")
    yield "gb2312 with gb18030 bytes", page(text, charset="gb2312").replace("页头", "页头𠀀㐀").encode("gb18030")
    yield "utf-8 labelled gb2312", page(text, charset="gb2312").encode()
    yield "utf-16", page(text, charset="utf-16").encode("utf-16")
    yield "only p", plain_page(text).encode()
    yield "two halves", halves(text).encode()
    yield "web archive", archive(text)
    yield "called .txt", page(text).encode()
    yield "called .doc", page(text, charset="gb2312").encode("gb18030", "xmlcharrefreplace")


ENDINGS = {"web archive": "mht", "called .txt": "txt", "called .doc": "doc"}


def run(*command, **options):
    return subprocess.run([str(it) for it in command], check=True, capture_output=True, **options).stdout


def installed(*programs):
    missing = [program for program in programs if not shutil.which(program)]
    if missing:
        print(f"passed over, {' and '.join(missing)} not installed", flush=True)
    return not missing


def made_by_others(sources, work):
    """Pages by LibreOffice, pandoc and Chromium: way -> {name: bytes}."""
    made = defaultdict(dict)
    folder = work / "made"
    folder.mkdir()
    texts = {source.stem: source.read_text(encoding="utf-8") for source in sources}
    if installed("pandoc"):
        for name, text in texts.items():
            escaped = "\n\n".join(re.sub(r"([\\`*_{}\[\]()#+\-.!<>$^~|\"'@:&])", r"\\\1", it) for it in paragraphs(text))
            made["pandoc"][name] = run("pandoc", "-f", "markdown", "-t", "html", "-s", "--metadata", "title=报告", input=escaped.encode())
            run("pandoc", "-f", "markdown", "-o", folder / f"{name}.docx", input=escaped.encode())
            made["docx by pandoc, html by pandoc"][name] = run("pandoc", "-s", "--metadata", "title=报告", "-t", "html", folder / f"{name}.docx")
    if installed("soffice"):
        profile = f"-env:UserInstallation={(work / 'soffice').resolve().as_uri()}"
        for ending, way in [("txt", "LibreOffice, txt"), ("docx", "LibreOffice, docx")]:
            files = [it for it in folder.glob("*.docx")] if ending == "docx" else sources
            if not files:
                continue
            options = ["--infilter=Text (encoded):UTF8"] if ending == "txt" else []
            run("soffice", "--headless", profile, *options, "--convert-to", "html:HTML (StarWriter):EmbedImages", "--outdir", folder / ending, *files)
            for path in (folder / ending).glob("*.html"):
                made[way][path.stem] = path.read_bytes()
    browser = next((it for it in ["chromium", "chromium-browser", "google-chrome"] if shutil.which(it)), None)
    if browser is None:
        print("passed over, chromium not installed")
        return made
    for name, text in texts.items():
        path = folder / f"{name}.html"
        path.write_text(page(text), encoding="utf-8")
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
        made["Chromium, DOM"][name] = run(browser, *options, f"--user-data-dir={work / 'chromium'}", "--dump-dom", path.resolve().as_uri())
    return made


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


def main():
    zhibiao, gold, work = (Path(it).resolve() for it in sys.argv[1:4])
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    sources = sorted(gold.glob("*.txt"))
    made = made_by_others(sources, work)
    for source in sources:
        for way, content in own_pages(source.read_text(encoding="utf-8")):
            made[way][source.stem] = content
    (work / "text").mkdir()
    for source in sources:
        shutil.copy(source, work / "text")
    text, text_rows = tables(zhibiao, work / "text", work / "out" / "text")
    text_f1 = tuple_f1(zhibiao, work / "out" / "text", gold)
    count = sum(map(len, text_rows.values()))
    print(f"{'way':34} {'CER %':>7} {'rows':>5} {'same':>5} {'lost':>5} {'F1':>6}   (text: {count} rows, F1 {text_f1:.3f})")
    failed = []
    for number, (way, pages) in enumerate(made.items()):
        inputs, output = work / "in" / str(number), work / "out" / str(number)
        inputs.mkdir(parents=True)
        for name, content in pages.items():
            (inputs / f"{name}.{ENDINGS.get(way, 'html')}").write_bytes(content)
        got, rows = tables(zhibiao, inputs, output)
        errors = sum(character_errors(text[name], got[name]) for name in text)
        cer = errors / sum(map(len, text.values()))
        same = as_in_text(output, rows, text_rows, work / "moved" / str(number))
        f1 = tuple_f1(zhibiao, work / "moved" / str(number), gold)
        print(f"{way:34} {cer * 100:7.2f} {sum(map(len, rows.values())):5} {same:5} {count - same:5} {f1:6.3f}", flush=True)
        if cer > MAX_CER or f1 < text_f1 - MAX_F1_LOSS:
            failed.append(way)
    if failed:
        sys.exit("formats_html.py: beyond the limits: " + ", ".join(failed))


main()
