#!/usr/bin/env bash
# Everything that must hold before a change is submitted. Fails at the first thing that does not.
set -euo pipefail
cd "$(dirname "$0")"

say() { printf '\n== %s (after %s s)\n' "$*" "$SECONDS"; }

say 'format'
cargo fmt --all --check

say 'lints'
cargo clippy --workspace --all-targets --features counterpart/testkit,counterpart/threads --quiet -- -D warnings
# The library alone, as who uses it builds it.
cargo clippy --package counterpart --lib --quiet -- -D warnings

scratch=$(mktemp -d)
trap 'kill -- "-${beside:-}" 2>/dev/null || true; rm -rf "$scratch"' EXIT

seconds=${FUZZ_SECONDS:-8}
if cargo +nightly --version >/dev/null 2>&1; then
    fuzz=(cargo +nightly fuzz)
else
    # Without a nightly toolchain the stable one is told to accept the coverage flags.
    fuzz=(env RUSTC_BOOTSTRAP=1 cargo fuzz)
fi
# Nothing here may be unsafe, which is what sanitizers look for. What runs for seconds is not optimised, which would take
# longer; a night of fuzzing is (`cargo fuzz run` alone).
safe=(--dev --sanitizer none --codegen-units 16)
# What is built in one piece or runs alone leaves a processor to the rest. A fuzz target that fails to build says so again
# where it is run. It is a process group of its own, so that all of it ends where a step fails.
set -m
{
    "${fuzz[@]}" build "${safe[@]}" >/dev/null 2>&1 || true
    cargo bench --quiet --bench instructions
} >"$scratch/instructions" 2>&1 &
beside=$!
set +m

say 'tests'
INSTA_UPDATE=no CI=true cargo test --workspace --features counterpart/testkit --quiet

say 'documentation'
RUSTDOCFLAGS='-D warnings' cargo doc --workspace --features counterpart/testkit --no-deps --quiet

say 'examples'
# As the tests built them.
cargo build --workspace --features counterpart/testkit --examples --bins --quiet
target/debug/examples/quickstart >/dev/null
for host in mailbox ledger; do
    program=$PWD/target/debug/$host
    (cd "$scratch" && "$program" >first.txt && "$program" >second.txt)
    grep -q '^0 operations' "$scratch/second.txt" || {
        echo "the second run of the $host example still finds something to do" >&2
        exit 1
    }
done

say 'scenarios, on one thread and on two'
cp target/debug/examples/scenario "$scratch/scenario"
cargo build --quiet --example scenario --features threads
acceptance=../shared/spec/check.py
if [ -f "$acceptance" ]; then
    check() { python3 "$acceptance" --bin "$1" --keep-going "$2"; }
    check target/debug/examples/scenario tests/scenarios >"$scratch/two" &
    two=$!
    for scenarios in ../shared/spec/scenarios/{outlook_x3,sage100} tests/scenarios; do
        check "$scratch/scenario" "$scenarios"
    done
    wait "$two" || {
        cat "$scratch/two"
        exit 1
    }
    cat "$scratch/two"
fi

say 'instructions of a plan'
wait "$beside" || {
    cat "$scratch/instructions"
    exit 1
}
cat "$scratch/instructions"

say 'fuzz'
one() { "${fuzz[@]}" run "${safe[@]}" "$1" -- -max_total_time="$seconds" -print_final_stats=0 -verbosity=0; }
targets=($("${fuzz[@]}" list))
for ((at = 0; at < ${#targets[@]}; at += 2)); do
    one "${targets[at]}" &
    first=$!
    if ((at + 1 < ${#targets[@]})); then one "${targets[at + 1]}"; fi
    wait "$first"
done

say 'all is well'
