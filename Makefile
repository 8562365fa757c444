# The doors: make demo, make test, make bench. Everything they need is installed into .venv from requirements.lock.
# Where torch comes from can be said, for example: make demo TORCH_INDEX=https://download.pytorch.org/whl/cpu
PYTHON ?= python3
TORCH_INDEX ?=
OUT ?= gesta_out
# Tests run in so many processes, each on one thread: most of them are too small to share a core's work.
PROCESSES ?= 2
BIN := .venv/bin
BARE := .venv-bare/bin
VOICE := src/gesta/assets/demo_voice.flac
LOCK := requirements.lock
PIP_INSTALL = -m pip install --quiet --disable-pip-version-check --constraint $(LOCK)
TORCH = "torch==$$(sed -n 's/^torch==//p' $(LOCK))" $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX))

.PHONY: help demo test lint types unit bare bench lock clean

help:
	@echo "make demo    install, give the demo voice a body, film it, say which files to open"
	@echo "make test    install what tests need, then lint, types, tests, and a bare second install"
	@echo "make bench   measure speed and memory, write docs/performance.md"
	@echo "make clean   remove the environments and what the demo wrote"

demo: .venv/.film
	$(BIN)/gesta speak $(VOICE) --output $(OUT)
	$(BIN)/gesta body --portrait -o $(OUT)/portrait.png
	$(BIN)/gesta film $(VOICE) --image $(OUT)/portrait.png --motion $(OUT)/demo_voice/motion.npz --size 512x512 -o $(OUT)/film.mp4
	@echo
	@echo "Open these:"
	@echo "  $(OUT)/demo_voice/preview.mp4   a figure that speaks and gestures, with the sound"
	@echo "  $(OUT)/demo_voice/motion.npz    the motion (AMASS, BEAT2 and SMPL-X tools read it)"
	@echo "  $(OUT)/demo_voice/motion.bvh    the motion for Blender, Maya, MotionBuilder, Unreal, Unity"
	@echo "  $(OUT)/demo_voice/report.json   what was measured"
	@echo "  $(OUT)/film.mp4                 the same motion by the person in a picture, $(OUT)/portrait.png"

test: lint types unit bare

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.dev
	$(BIN)/mypy

unit: .venv/.dev
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses $(PROCESSES) --dist loadfile

bare: .venv-bare/.base
	$(BARE)/python tests/bare_install.py

bench: .venv/.dev
	$(BIN)/python benchmarks/run.py

lock: .venv/.dev
	{ sed -n '/^#/p' $(LOCK); $(BIN)/python -m pip freeze --exclude-editable | sed 's/+cpu$$//'; } > $(LOCK).partial
	mv $(LOCK).partial $(LOCK)

clean:
	rm -rf .venv .venv-bare gesta_out

%/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "gesta needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "Python's venv module is missing here: install it (on Debian: apt-get install python3-venv) and try again."; exit 2; }
	$(PYTHON) -m venv $*

.venv/.base .venv-bare/.base: %/.base: $(LOCK) pyproject.toml | %/pyvenv.cfg
	$*/bin/python $(PIP_INSTALL) $(TORCH)
	$*/bin/python $(PIP_INSTALL) --editable .
	touch $@

.venv/.film: .venv/.base
	$(BIN)/python $(PIP_INSTALL) --editable '.[film]'
	touch $@

.venv/.dev: .venv/.base
	$(BIN)/python $(PIP_INSTALL) --editable '.[dev,research,train,film,video]'
	touch $@
