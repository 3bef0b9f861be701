"""Opens every published table in DuckDB, pyarrow and polars, as an analyst would.

usage: python tests/readers.py OUTPUT/current

Types must be plain, the readers must agree, and observations must join documents and indicators.
Prints `ok`; anything else is an error. Which versions are tried is up to the caller.
"""

import pathlib
import sys

import duckdb
import polars
import pyarrow
import pyarrow.parquet

TABLES = {
    "areas",
    "coverage",
    "dictionary_terms",
    "documents",
    "indicators",
    "issues",
    "observations",
    "sentences",
    "targets",
    "term_counts",
    "term_matches",
    "units",
}
PLAIN = {"string", "int32", "int64", "double", "bool", "date32[day]"}

JOIN = """
    SELECT count(*), count(d.document_id), count(i.indicator), count(o.indicator)
    FROM '{0}/observations.parquet' AS o
    LEFT JOIN '{0}/documents.parquet' AS d USING (document_id)
    LEFT JOIN '{0}/indicators.parquet' AS i ON o.indicator = i.indicator
"""


def check(condition, message):
    if not condition:
        sys.exit(f"readers.py: {message}")


def main():
    check(len(sys.argv) == 2, "give the directory of the tables")
    folder = pathlib.Path(sys.argv[1])
    files = {path.stem: path for path in sorted(folder.glob("*.parquet"))}
    check(TABLES <= set(files), f"{folder} lacks {sorted(TABLES - set(files))}")

    for table, path in files.items():
        arrow = pyarrow.parquet.read_table(path)
        frame = polars.read_parquet(path)
        (duck_rows,) = duckdb.execute(f"SELECT count(*) FROM '{path}'").fetchone()
        for field in arrow.schema:
            check(str(field.type) in PLAIN, f"{table}.{field.name} is {field.type}, which is not plain")
            check((field.metadata or {}).get(b"description"), f"{table}.{field.name} has no description")
        check(arrow.num_rows == frame.height == duck_rows, f"{table} has {arrow.num_rows}, {frame.height} and {duck_rows} rows")
        check(arrow.column_names == frame.columns, f"{table} has the columns {arrow.column_names} and {frame.columns}")
        for name in arrow.column_names:
            nulls = arrow.column(name).null_count
            check(nulls == frame[name].null_count(), f"{table}.{name} has {nulls} nulls or {frame[name].null_count()}")

    rows, documents, indicators, linked = duckdb.execute(JOIN.format(folder)).fetchone()
    check(rows == pyarrow.parquet.read_metadata(files["observations"]).num_rows, "the join changes the number of rows")
    check(documents == rows > 0, f"{rows - documents} observations have no document")
    check(indicators == linked > 0, f"{linked - indicators} observations have an unknown indicator")

    # The same join, the other way round.
    observations = polars.read_parquet(files["observations"])
    joined = observations.join(polars.read_parquet(files["documents"]), on="document_id", how="inner")
    check(joined.height == rows, f"polars joins {joined.height} of {rows} rows")
    print(f"duckdb {duckdb.__version__}, pyarrow {pyarrow.__version__}, polars {polars.__version__}")
    print("ok")


main()
