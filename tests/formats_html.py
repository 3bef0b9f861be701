"""Web pages made from plain reports by other programs and in the manner of government sites: what is read from them
must be what is read from the text.

usage: python tests/formats_html.py ZHIBIAO GOLD_DIR WORK_DIR

GOLD_DIR holds NAME.txt (UTF-8) and NAME.jsonl as for `zhibiao evaluate`. Makes the pages in WORK_DIR, reads them all and
prints for every way of making: CER (characters of the sentences without white space, against those of the text), rows
that are the text's, rows of the text that are missing, and F1 of the tuple beside that of the text. A program that is
not installed is passed over, and that is said. Fails where CER is above 0.5 % or F1 differs by more than 0.02.
"""

import html
import re
import shutil
import sys
from collections import defaultdict
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

from formats_shared import compare, installed, paragraphs, run

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


def main():
    zhibiao, gold, work = (Path(it).resolve() for it in sys.argv[1:4])
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    sources = sorted(gold.glob("*.txt"))
    made = made_by_others(sources, work)
    for source in sources:
        for way, content in own_pages(source.read_text(encoding="utf-8")):
            made[way][source.stem] = content
    folders = {}
    for number, (way, pages) in enumerate(made.items()):
        folders[way] = work / "in" / str(number)
        folders[way].mkdir(parents=True)
        for name, content in pages.items():
            (folders[way] / f"{name}.{ENDINGS.get(way, 'html')}").write_bytes(content)
    compare(zhibiao, gold, work, folders)


main()
