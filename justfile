# What a developer does daily: `just` lists it. Needs https://just.systems; each line can be typed without it.

# This list.
_:
    @just --list --unsorted

# The bot, a local VK and a web chat.
demo *options:
    cargo run --release -- demo {{ options }}

# Weeks of a region in fast time.
simulate *options:
    cargo run --release -- simulate {{ options }}

# Formatting, lints, content: what is quick.
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    cargo run --quiet -- content check

# Everything that needs no browser, no root and no other language.
test *options:
    cargo test --workspace {{ options }}

# Plays the transcripts and writes them anew; read the difference as the person in the chat would.
dialogues:
    UPDATE=1 cargo test -p tests --test dialogues
    git diff --stat tests/dialogues

# What the guide would answer, and why.
ask question:
    cargo run --quiet -- ask "{{ question }}"

# JSON Schema of the content's files for an editor, into target/schema.
schema:
    mkdir -p target/schema
    for kind in advice calendar checklists courses draft ideas lessons norms production synonyms; do cargo run --quiet -- content schema $kind >target/schema/$kind.schema.json; done

# The demo in Chromium.
browser:
    cargo build
    cd tests/browser && npm ci --no-audit --no-fund && npm test

# Any bytes against the bot, so many events.
fuzz events="100000":
    KURATOR_FUZZ={{ events }} cargo test --release -p kurator --lib fuzz

# Kills the bot so often.
crash kills="100":
    cargo run --release -p tests --bin crash -- --kills {{ kills }}

# The Debian package.
package:
    deploy/package

# All that must be green before a change goes in.
ci:
    bash .ci/run
