# The words of the project. `make check` is what CI runs.

CARGO ?= cargo
PYTHON ?= python3

# Where cargo builds; what the checks make lies beside it. CARGO_TARGET_DIR moves both.
TARGET := $(abspath $(or $(CARGO_TARGET_DIR),target))
SAMPLE := $(TARGET)/sample
READERS := $(TARGET)/readers
READERS_POLARS_1 := $(TARGET)/readers-polars-1
VALIDATORS := $(TARGET)/validators

PACKAGES := duckdb pyarrow polars pandas nbconvert ipykernel matplotlib mplfonts pypdfium2 fsspec moto[server]==5.2.5
PACKAGES_POLARS_1 := duckdb pyarrow pandas polars==1.0.0
PACKAGES_VALIDATORS := frictionless[parquet]==5.21.0 mlcroissant==1.1.1
# Marks a finished environment; another list of packages makes it anew.
READY := ready-$(firstword $(shell echo '$(PACKAGES) $(PACKAGES_POLARS_1) $(PACKAGES_VALIDATORS)' | cksum))

# Annotated reports beside the project and a program that scores them, if there are any.
GOLD := ../shared/gold
SCORE := ../shared/tools/score.py
SCORED_INDICATORS := ../shared/reference/indicators.tsv

.PHONY: check test test-rust test-readers test-descriptors test-notebooks test-gold test-front test-stores test-nights nights run sample golden bench fuzz docs pictures
.NOTPARALLEL:

# Everything that must hold before a commit.
check:
	$(CARGO) fmt --check
	$(CARGO) clippy --release --all-targets -- -D warnings
	$(MAKE) test

# All tests: the program, its tables and descriptors in other programs, the notebooks.
test: test-rust test-readers test-descriptors test-notebooks test-gold test-front test-stores test-nights

# PDF files are read by the PDFium of the environment, and by pdftotext where it is installed.
test-rust: $(READERS)/$(READY)
	ZHIBIAO_PDFIUM=$$($(READERS)/bin/python -c 'import pathlib, pypdfium2_raw as p; print(pathlib.Path(p.__file__).parent / "libpdfium.so")') \
		$(CARGO) test --release

# The tables opened in DuckDB, pyarrow, polars and pandas: the newest, and the first stable polars.
test-readers: sample $(READERS)/$(READY) $(READERS_POLARS_1)/$(READY)
	$(READERS)/bin/python tests/readers.py $(SAMPLE)/current
	$(READERS_POLARS_1)/bin/python tests/readers.py $(SAMPLE)/current

# datapackage.json and croissant.json before the public validators, which read every row; no network is used.
test-descriptors: sample $(VALIDATORS)/$(READY)
	$(VALIDATORS)/bin/python tests/descriptors.py $(SAMPLE)/current

test-notebooks: sample $(READERS)/$(READY)
	ZHIBIAO_TABLES=$(SAMPLE)/current $(READERS)/bin/python -m nbconvert --log-level ERROR \
		--to notebook --execute --output-dir $(TARGET)/notebooks notebooks/*.ipynb

# `evaluate` beside another program that does the same; the floors are in tests/evaluate.rs.
test-gold: sample $(READERS)/$(READY)
	@if [ -f $(SCORE) ]; then \
		$(CARGO) run --release --quiet -- run --input $(GOLD) --output $(TARGET)/gold >/dev/null 2>&1; \
		for pair in "$(TARGET)/gold $(GOLD)" "$(SAMPLE) data/gold"; do \
			$(READERS)/bin/python tests/gold.py $(TARGET)/release/zhibiao $$pair $(SCORE) $(SCORED_INDICATORS) || exit 1; \
		done; \
	else echo "skipped: $(SCORE) is not here"; fi

# Places and years of the reports beside the project against what is known of them.
test-front: sample $(READERS)/$(READY)
	$(READERS)/bin/python tests/front_corpus.py $(TARGET)/release/zhibiao

# Inputs and outputs in a bucket of an S3 server (moto's): what is written, uploads that fail, two publishers.
test-stores: sample $(READERS)/$(READY)
	$(READERS)/bin/python tests/stores.py $(TARGET)/release/zhibiao

# Runs that are killed, starved and disturbed, seen from outside; `nights` is the long form.
test-nights: sample $(READERS)/$(READY)
	$(READERS)/bin/python tests/nights.py $(TARGET)/release/zhibiao --kills 20 --documents 60 --only kills,disks,inputs,two,wounds

nights: sample $(READERS)/$(READY)
	$(READERS)/bin/python tests/nights.py $(TARGET)/release/zhibiao --kills 200 --documents 300

# $(1): directory, $(2): packages.
define environment
rm -rf $(1)
$(PYTHON) -m venv $(1) || $(PYTHON) -m virtualenv --quiet $(1)
$(1)/bin/python -m pip install --quiet --disable-pip-version-check $(2)
touch $@
endef

$(READERS)/$(READY):
	$(call environment,$(READERS),$(PACKAGES))

$(READERS_POLARS_1)/$(READY):
	$(call environment,$(READERS_POLARS_1),$(PACKAGES_POLARS_1))

$(VALIDATORS)/$(READY):
	$(call environment,$(VALIDATORS),$(PACKAGES_VALIDATORS))

# What pipeline.toml says; tables at data/tables/current/.
run:
	$(CARGO) run --release -- run

# The sample reports, whatever pipeline.toml says of inputs; tables under the target directory.
sample:
	rm -rf $(SAMPLE)
	$(CARGO) run --release -- run --input data/reports --output $(SAMPLE)

# The expected rows of the sample reports anew; then read every line that changed.
golden:
	UPDATE_GOLDEN=1 $(CARGO) test --release --test golden
	git --no-pager diff --stat -- tests/golden

bench:
	$(CARGO) bench --bench pipeline
	$(CARGO) bench --bench floor

# Arbitrary bytes for every reader and the whole road, each for so many seconds (cargo-fuzz must be there).
SECONDS ?= 10
FUZZ_TARGETS := decode html docx doc pdf numerals road
FUZZ_OPTIONS := -max_len=1024 -timeout=30 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=0

fuzz:
	for target in $(FUZZ_TARGETS); do \
		mkdir -p fuzz/corpus/$$target && \
		$(CARGO) fuzz run --sanitizer none $$target fuzz/corpus/$$target fuzz/seeds/$$target -- \
			-dict=fuzz/words.dict -max_total_time=$(SECONDS) $(FUZZ_OPTIONS) || exit 1; \
	done

# The pictures of the README anew, from the notebooks; then look at them.
pictures: sample $(READERS)/$(READY)
	ZHIBIAO_TABLES=$(SAMPLE)/current ZHIBIAO_PICTURES=$(CURDIR)/docs/pictures $(READERS)/bin/python -m nbconvert \
		--log-level ERROR --to notebook --execute --output-dir $(TARGET)/notebooks notebooks/*.ipynb

# The generated pages anew.
docs:
	UPDATE_GOLDEN=1 $(CARGO) test --release --test docs
