#!/bin/sh
# The data set of the mouth that gesta comes with: sh runs/mouth_corpus.sh FACES SPEECH [WORK]
#
# FACES: FACEGOOD's captured faces (npz and flac). SPEECH: recordings with their texts (NAME.tsv beside NAME.ogg, or
# ljspeech_text.csv). WORK takes what is made on the way. Needs espeak-ng and festival.
set -eu
faces=$(realpath "$1")
speech=$(realpath "$2")
work=${3:-gesta_runs/mouth_work}
sources=$work/sources
mkdir -p "$sources/captured" "$sources/synthetic" "$sources/aligned"

python runs/synthesise_speech.py runs/texts -o "$sources/synthetic"
python runs/align_speech.py "$speech" -o "$sources/aligned" --leave-out runs/held_out_speech.txt
for file in "$faces"/*.npz "$faces"/*.flac; do
    ln -sf "$file" "$sources/captured/"
done
for phones in "$sources"/aligned/*.json; do
    name=$(basename "$phones" .json)
    find "$speech" \( -name "$name.ogg" -o -name "$name.flac" \) -exec ln -sf {} "$sources/aligned/" \;
done
gesta prepare face "$sources" -o gesta_runs/mouth_corpus --hold-out runs/held_out_speech.txt \
    --validates 'captured/1114_3_16*,synthetic/talk-es-419*,aligned/libri_m_61_*' \
    --licence 'MIT (faces), CC BY 4.0 (LibriSpeech), public domain'
