#!/usr/bin/env bash
# Builds elearn/web/static/vendor from the packages pinned in package-lock.json. Run by hand when a
# version or bootstrap.scss changes; the result is committed, so nobody else needs Node.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
static=$(cd "$here/../../elearn/web/static" && pwd)
version=$(node -p "require('$here/package.json').dependencies.bootstrap")
target="$static/vendor/bootstrap-$version"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp "$here/package.json" "$here/package-lock.json" "$work/"
npm ci --prefix "$work" --ignore-scripts --no-audit --no-fund

rm -rf "$static"/vendor/bootstrap-*
mkdir -p "$target"
"$work/node_modules/.bin/sass" --no-source-map --style=compressed --quiet \
  --load-path="$work/node_modules" "$here/bootstrap.scss" "$target/bootstrap.min.css"
cp "$work/node_modules/bootstrap/LICENSE" "$target/LICENSE"

if grep -q 'data:' "$target/bootstrap.min.css"; then
  echo "bootstrap.min.css holds a data: picture" >&2
  exit 1
fi

gzip -9 -n -k "$target/bootstrap.min.css"
node -e '
  const fs = require("fs"), zlib = require("zlib"), file = process.argv[1];
  const params = {[zlib.constants.BROTLI_PARAM_QUALITY]: 11};
  fs.writeFileSync(file + ".br", zlib.brotliCompressSync(fs.readFileSync(file), {params}));
' "$target/bootstrap.min.css"

sha256=$(sha256sum "$target/bootstrap.min.css" | cut -d' ' -f1)
cat > "$static/vendor/vendor.toml" <<TOML
# Written by tools/vendor/build.sh. A test compares the checksum with the file.
[[vendored]]
name = "bootstrap"
version = "$version"
licence = "MIT"
licence_file = "bootstrap-$version/LICENSE"
file = "bootstrap-$version/bootstrap.min.css"
sha256 = "$sha256"
changed = "a subset, built from tools/vendor/bootstrap.scss with elearn's colours"
TOML
wc -c "$target"/*
