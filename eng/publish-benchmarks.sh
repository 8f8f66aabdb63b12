#!/usr/bin/env bash
# Publishes the benchmarks as one file that needs no .NET, and checks that it runs in an empty environment.
# Usage: eng/publish-benchmarks.sh [FOLDER]        The default is artifacts/publish-benchmarks.
#
# Copy the file to any Linux machine of the same processor kind. For the CPU it needs nothing else; for a GPU it
# needs an NVIDIA driver and nothing else. With the MNIST files in /data/mnist:
#   SNN_DATA=/data ./Microsoft.ML.Snn.Benchmarks device-check
#   SNN_DATA=/data ./Microsoft.ML.Snn.Benchmarks compare latency-mnist --no-peer --gpu 0
# device-check compares the GPU with the CPU first; it exits with 1 where they differ and with 3 where there is no GPU.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=${1:-artifacts/publish-benchmarks}
limit_mb=60

# What makes it a single file is in the project: given here, it would reach the library and its lock file.
rm -rf "$folder/Microsoft.ML.Snn.Benchmarks"
dotnet publish test/Microsoft.ML.Snn.Benchmarks -c Release -p:WithTorch=false -o "$folder"

program=$folder/Microsoft.ML.Snn.Benchmarks
size=$(stat -c %s "$program")
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT

# A place to unpack native libraries is all that it is given: no PATH, no DOTNET_ROOT, no HOME.
env -i DOTNET_BUNDLE_EXTRACT_BASE_DIR="$home" "$(realpath "$program")" --help > "$home/help"
grep -q compare "$home/help" || { echo "$program ran, but does not know 'compare'." >&2; exit 1; }
env -i DOTNET_BUNDLE_EXTRACT_BASE_DIR="$home" "$(realpath "$program")" peaks --threads 1 > /dev/null
code=0
env -i DOTNET_BUNDLE_EXTRACT_BASE_DIR="$home" "$(realpath "$program")" device-check --train-size 1000 || code=$?
[ "$code" -eq 0 ] || [ "$code" -eq 3 ] || { echo "$program device-check failed with $code." >&2; exit 1; }

echo "$program: $((size / 1000000)) MB, runs without .NET"
if [ "$size" -gt $((limit_mb * 1000000)) ]; then
  echo "The file must be at most $limit_mb MB, but has $((size / 1000000)) MB. See what the publish added." >&2
  exit 1
fi
