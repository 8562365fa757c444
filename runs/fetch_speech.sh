#!/usr/bin/env bash
# Public speech that `gesta prepare synthetic` can use: where it is, how large, under which licence, with which hash.
#
#   runs/fetch_speech.sh                   prints the list
#   runs/fetch_speech.sh NAME FOLDER       fetches one of them and checks it
#
# Nothing calls this but people: no test, no CI. What was made of a source carries its licence: give it to
# `gesta prepare synthetic --licence`.
set -euo pipefail

# name | size | hours | licence | address | sha256, or where upstream publishes a hash
sources='
librispeech-test-clean|347 MB|5.4 h, 40 voices|CC BY 4.0: "LibriSpeech (c) 2014 by Vassil Panayotov"|https://www.openslr.org/resources/12/test-clean.tar.gz|39fde525e59672dc6d1551919b1478f724438a95aa55f874b576be21967e6c23
librispeech-train-clean-100|6.3 GB|100 h, 251 voices|CC BY 4.0, as above|https://www.openslr.org/resources/12/train-clean-100.tar.gz|md5 in https://www.openslr.org/resources/12/md5sum.txt
librispeech-train-clean-360|23 GB|364 h, 921 voices|CC BY 4.0, as above|https://www.openslr.org/resources/12/train-clean-360.tar.gz|md5 in https://www.openslr.org/resources/12/md5sum.txt
ljspeech|2.7 GB|24 h, one voice|public domain|https://data.keithito.com/data/speech/LJSpeech-1.1.tar.bz2|be1a30453f28eb8dd26af4101ae40cbf2c50413b1bb21936cbcdc6fae3de8aa5
facegood|about 1 GB|0.5 h of Mandarin, nearly one voice, with face weights|MIT|https://github.com/FACEGOOD/FACEGOOD-Audio2Face|none: name the commit that you cloned
'

entry() { grep "^$1|" <<<"$sources" || { echo "There is no source '$1'; run without a name for the list." >&2; exit 2; }; }

case $# in
0)
    sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"
    while IFS='|' read -r name size hours licence address hash; do
        [ -z "$name" ] || printf '%s\n    %s; %s\n    licence: %s\n    %s\n    hash: %s\n' \
            "$name" "$size" "$hours" "$licence" "$address" "$hash"
    done <<<"$sources"
    ;;
2)
    IFS='|' read -r _ _ _ licence address hash <<<"$(entry "$1")"
    [[ "$address" != *github.com* ]] || { echo "Clone it: git clone $address '$2'" >&2; exit 2; }
    mkdir -p "$2"
    file="$2/${address##*/}"
    curl --fail --location --continue-at - --output "$file.part" "$address"
    if [[ "$hash" =~ ^[0-9a-f]{64}$ ]]; then
        echo "$hash  $file.part" | sha256sum --check --quiet
    else
        published="$(curl --fail --silent --location "${hash##* }" | awk -v name="${address##*/}" '$2 ~ name { print $1 }')"
        echo "$published  $file.part" | md5sum --check --quiet
    fi
    mv "$file.part" "$file"
    tar --extract --file "$file" --directory "$2"
    echo "$2: licence $licence"
    ;;
*) "$0"; exit 2 ;;
esac
