"""Opens every published table in DuckDB, pyarrow, polars and pandas, as an analyst would.

usage: python tests/readers.py OUTPUT/current

What `datapackage.json` says must be so in every reader: the tables, the types (plain ones only), keys that are unique
and references that lead to a row. Prints `ok`; anything else is an error. Which versions are tried is up to the caller.
"""

import json
import pathlib
import sys

import duckdb
import pandas
import polars
import pyarrow
import pyarrow.parquet

# What a type of the descriptor is in each reader; pandas has no missing integers, booleans and dates of its own.
TYPES = {
    "string": ({"string"}, {"VARCHAR"}, {"String"}, {"object", "str", "string"}),
    "integer": ({"int32", "int64"}, {"INTEGER", "BIGINT"}, {"Int32", "Int64"}, {"int32", "int64", "float64"}),
    "number": ({"double"}, {"DOUBLE"}, {"Float64"}, {"float64"}),
    "boolean": ({"bool"}, {"BOOLEAN"}, {"Boolean"}, {"bool", "object"}),
    "date": ({"date32[day]"}, {"DATE"}, {"Date"}, {"object"}),
}


def check(condition, message):
    if not condition:
        sys.exit(f"readers.py: {message}")


def main():
    check(len(sys.argv) == 2, "give the directory of the tables")
    folder = pathlib.Path(sys.argv[1])
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    tables = {resource["name"]: resource for resource in package["resources"]}
    files = {path.stem for path in folder.glob("*.parquet")}
    check(set(tables) == files, f"{folder} has {sorted(files)}, its descriptor {sorted(tables)}")
    for table in tables.values():
        check_types(folder / table["path"], table)
        check_keys(folder, table, tables)

    # One join in full, in two readers.
    observations = polars.read_parquet(folder / "observations.parquet")
    documents = polars.read_parquet(folder / "documents.parquet")
    joined = observations.join(documents, on="document_id", how="inner").height
    (rows,) = duckdb.execute(
        f"SELECT count(*) FROM '{folder}/observations.parquet' JOIN '{folder}/documents.parquet' USING (document_id)"
    ).fetchone()
    check(joined == rows == observations.height > 0, f"{joined} and {rows} of {observations.height} rows join")
    versions = f"duckdb {duckdb.__version__}, pyarrow {pyarrow.__version__}, polars {polars.__version__}"
    print(f"{versions}, pandas {pandas.__version__}")
    print("ok")


def check_types(path, table):
    """Columns, types, rows and missing values are the same everywhere, and those of the descriptor."""
    name = table["name"]
    arrow = pyarrow.parquet.read_table(path)
    frame = polars.read_parquet(path)
    wide = pandas.read_parquet(path)
    duck = dict(duckdb.execute(f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM '{path}')").fetchall())
    (duck_rows,) = duckdb.execute(f"SELECT count(*) FROM '{path}'").fetchone()
    columns = [field["name"] for field in table["schema"]["fields"]]
    found = [arrow.column_names, frame.columns, list(wide.columns), list(duck)]
    check(all(one == columns for one in found), f"{name} has the columns {found}, its descriptor {columns}")
    rows = [arrow.num_rows, frame.height, len(wide), duck_rows]
    check(all(one == table["rows"] for one in rows), f"{name} has {rows} rows, its descriptor says {table['rows']}")
    for field in table["schema"]["fields"]:
        column = field["name"]
        kinds = (arrow.schema.field(column).type, duck[column], frame.schema[column], wide[column].dtype)
        for kind, allowed in zip(map(str, kinds), TYPES[field["type"]]):
            check(kind in allowed, f"{name}.{column} is {kind} in a reader, not {field['type']}")
        metadata = arrow.schema.field(column).metadata or {}
        check(metadata.get(b"description", b"").decode() == field["description"], f"{name}.{column} is described otherwise")
        nulls = [arrow.column(column).null_count, frame[column].null_count(), int(wide[column].isna().sum())]
        check(len(set(nulls)) == 1, f"{name}.{column} has {nulls} missing values")
        required = field.get("constraints", {}).get("required", False)
        check(nulls[0] == 0 or not required, f"{name}.{column} misses {nulls[0]} values")


def check_keys(folder, table, tables):
    """No key stands twice, and what leads to another row finds it."""
    name, schema = table["name"], table["schema"]
    path = folder / table["path"]
    if key := schema.get("primaryKey"):
        frame = polars.read_parquet(path, columns=key)
        check(frame.unique().height == frame.height, f"{name}: {key} stands twice")
    for foreign in schema.get("foreignKeys", []):
        reference = foreign["reference"]
        other = folder / tables[reference["resource"] or name]["path"]
        pairs = list(zip(foreign["fields"], reference["fields"]))
        given = " AND ".join(f"here.{column} IS NOT NULL" for column, _ in pairs)
        same = " AND ".join(f"here.{column} = there.{column_there}" for column, column_there in pairs)
        query = f"SELECT count(*) FROM '{path}' AS here ANTI JOIN '{other}' AS there ON {same} WHERE {given}"
        (lost,) = duckdb.execute(query).fetchone()
        check(lost == 0, f"{name}: {lost} values of {foreign['fields']} are not in {reference}")


main()
