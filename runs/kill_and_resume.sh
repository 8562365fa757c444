#!/usr/bin/env bash
# Does a training that was killed end as one that was not? It is trained in one go, and again with a SIGKILL on the way.
#
#   runs/kill_and_resume.sh STAGE RECIPE.toml WORK_FOLDER [KEY=VALUE ...]
#
# KEY=VALUE are settings of the recipe to change. The kill comes when the first checkpoint is there and some steps after
# it have been logged, so that these are made again. Prints the last loss of both and whether their models are equal.
#
#   PYTHON    .venv/bin/python
set -euo pipefail
[ $# -ge 3 ] || { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit 2; }
stage="$1" recipe="$(realpath "$2")" work="$(realpath -m "$3")"
shift 3
cd "$(dirname "$0")/.."
python="${PYTHON:-.venv/bin/python}"
train() { "$python" -m gesta train "$stage" "$recipe" "$@"; }
lines() { wc -l <"$1" 2>/dev/null || echo 0; }

mkdir -p "$work"
train "$@" "output=$work/whole"

if [ ! -e "$work/killed/$stage/model/finished.json" ]; then
    log="$work/killed/$stage/log.jsonl"
    "$python" -m gesta train "$stage" "$recipe" "$@" "output=$work/killed" &
    child=$!
    until ls "$work/killed/$stage/checkpoints/"step-* >/dev/null 2>&1; do
        kill -0 "$child" || { echo "it was done before it could be killed: give it more steps"; exit 1; }
        sleep 0.2
    done
    logged="$(lines "$log")"
    until [ "$(lines "$log")" -gt "$((logged + 1))" ]; do sleep 0.2; done
    kill -9 "$child"
    wait "$child" || true
    echo "killed at this line of the log: $(tail -n 1 "$log")"
    train "$@" "output=$work/killed"
fi

"$python" - "$work" "$stage" <<'PROGRAM'
import sys
from pathlib import Path

from gesta.hashing import file_sha256
from gesta.train.log import read_log

work, stage = Path(sys.argv[1]), sys.argv[2]
for name in ("whole", "killed"):
    last = [line for line in read_log(work / name / stage) if line["split"] == "train"][-1]
    models = sorted((work / name / stage / "model").glob("*.safetensors"))
    print(name, f"step {last['step']}, loss {last['loss']!r};", *(f"{path.name} {file_sha256(path)[:16]}" for path in models))
PROGRAM
