#!/usr/bin/env bash
# Builds src/gesta/view/assets/three.min.js, the one library that is vendored: of three.js what runs/three_parts.js names,
# as one minified script, so that the pages of `gesta view` need no network. Its licence is kept beside it and on top.
#
#   runs/vendor_three.sh
#
# Needs node and npm. The package is refused if its contents are not the ones that were looked at (PACKAGE_SHA256).
set -euo pipefail
VERSION=0.187.0
PACKAGE_SHA256=ff540832ded0cfe919764d24a3d88f3e2a05f23303f876423e4f893841e90728
ESBUILD_VERSION=0.28.2
cd "$(dirname "$0")/.."
assets="$PWD/src/gesta/view/assets"
entry="$PWD/runs/three_parts.js"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

cd "$work"
npm pack --silent "three@$VERSION" >/dev/null
echo "$PACKAGE_SHA256  three-$VERSION.tgz" | sha256sum --check --quiet
npm install --silent --ignore-scripts --no-audit --no-fund "./three-$VERSION.tgz" "esbuild@$ESBUILD_VERSION"
cp "$entry" parts.js
banner="/* three.js $VERSION (npm package three), bundled by runs/vendor_three.sh
$(cat node_modules/three/LICENSE)
*/"
node_modules/.bin/esbuild parts.js --bundle --minify --format=iife --global-name=THREE --target=es2020 \
    --legal-comments=none --log-level=warning --banner:js="$banner" --outfile=three.min.js
if grep -q -i '</script' three.min.js; then echo "the bundle would end the page's script; mend this first" >&2; exit 1; fi
mv three.min.js "$assets/three.min.js"
cp node_modules/three/LICENSE "$assets/three.LICENSE.txt"
wc -c "$assets/three.min.js"
