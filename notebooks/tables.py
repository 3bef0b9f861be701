"""What the notebooks share: the published tables as views of DuckDB, and pictures with Chinese labels.

The tables are those of a run at data/tables/current; the environment variable ZHIBIAO_TABLES names another place.
With ZHIBIAO_PICTURES, every picture is also saved into that directory.
"""

import os
import pathlib

import duckdb

TABLES = pathlib.Path(os.environ.get("ZHIBIAO_TABLES", "../data/tables/current"))
FONTS = ["Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "WenQuanYi Micro Hei", "SimHei"]

db = duckdb.connect()
for path in sorted(TABLES.glob("*.parquet")):
    db.execute(f"CREATE VIEW {path.stem} AS SELECT * FROM '{path}'")


def show(query, rows=40):
    """Prints what a query answers."""
    db.sql(query).show(max_width=160, max_rows=rows)


def frame(query):
    """What a query answers, as a pandas data frame."""
    return db.sql(query).df()


def keep(figure, name):
    """Saves a picture where ZHIBIAO_PICTURES says."""
    folder = os.environ.get("ZHIBIAO_PICTURES")
    if folder:
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        figure.savefig(pathlib.Path(folder) / f"{name}.png", dpi=110, bbox_inches="tight")


def use_chinese_font():
    """Gives matplotlib a font with Chinese characters: one of the system, else that of the package mplfonts."""
    import matplotlib
    from matplotlib import font_manager

    known = {font.name for font in font_manager.fontManager.ttflist}
    if not known & set(FONTS):
        import mplfonts

        file = pathlib.Path(mplfonts.__file__).parent / "fonts" / "NotoSansCJKsc-Regular.otf"
        font_manager.fontManager.addfont(file)
        known = {font.name for font in font_manager.fontManager.ttflist}
    matplotlib.rcParams["font.sans-serif"] = [name for name in FONTS if name in known]
    matplotlib.rcParams["axes.unicode_minus"] = False


use_chinese_font()
