"""Validates datapackage.json and croissant.json of a published dataset by the public validators.

usage: python tests/descriptors.py OUTPUT/current

Every row is read through both: by frictionless against types, constraints and foreign keys, by mlcroissant as records.
Nothing is fetched: the profile of the Data Package is the validator's own, and every file lies beside its descriptor.
Prints `ok`; anything else is an error.
"""

import hashlib
import importlib.metadata
import json
import pathlib
import socket
import sys

import frictionless
import mlcroissant
import pyarrow.parquet


def check(condition, message):
    if not condition:
        sys.exit(f"descriptors.py: {message}")


def refuse(*_):
    raise OSError("a validator wants the network")


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main():
    check(len(sys.argv) == 2, "give the directory of the tables")
    folder = pathlib.Path(sys.argv[1]).resolve()
    socket.socket.connect = refuse
    tables = {path.name: pyarrow.parquet.read_table(path) for path in sorted(folder.glob("*.parquet"))}
    check_data_package(folder, tables)
    check_croissant(folder, tables)
    print(", ".join(f"{name} {importlib.metadata.version(name)}" for name in ["frictionless", "mlcroissant"]))
    print("ok")


def check_data_package(folder, tables):
    path = folder / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    resources = {resource["path"]: resource for resource in package["resources"]}
    check(sorted(resources) == sorted(tables), f"the package has {sorted(resources)}, the folder {sorted(tables)}")
    for name, resource in resources.items():
        check(resource["hash"] == f"sha256:{digest(folder / name)}", f"{name}: another hash")
        check(resource["rows"] == tables[name].num_rows, f"{name}: another number of rows")
        fields = [field["name"] for field in resource["schema"]["fields"]]
        check(fields == tables[name].column_names, f"{name}: the fields are {fields}")
    report = frictionless.validate(str(path))
    check(report.valid, f"frictionless: {report.flatten(['name', 'type', 'message'])[:5]}")
    check(len(report.tasks) == len(tables), f"frictionless looked at {len(report.tasks)} tables")
    # A validator that finds nothing wrong must be able to.
    resources["units.parquet"]["schema"]["fields"][0]["constraints"]["enum"] = ["no such unit"]
    broken = frictionless.Package.from_descriptor({**package, "resources": [resources["units.parquet"]]}, basepath=str(folder))
    check(not broken.validate().valid, "frictionless does not look at the rows")


def check_croissant(folder, tables):
    path = folder / "croissant.json"
    croissant = json.loads(path.read_text(encoding="utf-8"))
    files = {file["@id"]: file for file in croissant["distribution"]}
    check(sorted(files) == sorted(tables), f"croissant.json has {sorted(files)}, the folder {sorted(tables)}")
    for name, file in files.items():
        check(file["sha256"] == digest(folder / name), f"{name}: another sha256")
        check(file["contentSize"] == f"{(folder / name).stat().st_size} B", f"{name}: another size")
    dataset = mlcroissant.Dataset(jsonld=str(path))
    errors = dataset.metadata.ctx.issues.errors
    check(not errors, f"mlcroissant: {errors}")
    # The day of publication is known only to those who publish.
    warnings = [warning for warning in dataset.metadata.ctx.issues.warnings if "datePublished" not in warning]
    check(not warnings, f"mlcroissant: {warnings}")
    for record_set in croissant["recordSet"]:
        name = record_set["@id"]
        rows = sum(1 for _ in dataset.records(record_set=name))
        table = tables[f"{name}.parquet"]
        check(rows == table.num_rows, f"mlcroissant reads {rows} of {table.num_rows} records of {name}")
    first = next(iter(dataset.records(record_set="documents")))
    expected = tables["documents.parquet"].column("document_id")[0].as_py()
    check(first["documents/document_id"] == expected.encode(), f"mlcroissant reads the id {first['documents/document_id']}")


main()
