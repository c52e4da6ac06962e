#!/usr/bin/env bash
# Guess: the words behind an option that prints a completion script name the shell that the script is
# for, as with pip, rustup or kubectl; an installer that runs in bash may so set up zsh.
# Behaviour: Typer's --show-completion takes no value: it looks at the program that called it. Called
# from bash with "zsh" behind it, it prints the script for bash and exits with 0, so that a file for zsh
# is filled with what zsh cannot use. With an equals sign the same word is an error.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'typer==0.28.0' 'shellingham==1.5.4'
cat > "$folder/leads.py" <<'PYTHON'
import typer

app = typer.Typer()


@app.command()
def fill(path: str) -> None:
    print("filled", path)


@app.command()
def show(path: str) -> None:
    print("shown", path)


app()
PYTHON
cd "$folder"
venv/bin/python -c 'import sys; from importlib.metadata import version
print("python", sys.version.split()[0], *(f"{n} {version(n)}" for n in ("typer", "shellingham")))'
# Not as its last command, or bash would give its place to Python.
bash -c 'venv/bin/python leads.py --show-completion zsh; echo "status $?"' > named.txt
bash -c 'venv/bin/python leads.py --show-completion; echo "status $?"' > unnamed.txt
bash -c 'venv/bin/python leads.py --show-completion=zsh; echo "status $?"' > equals.txt 2>&1
head -n 3 named.txt
tail -n 1 named.txt
cmp named.txt unnamed.txt || { echo 'the named shell makes a difference now'; exit 1; }
! grep -q '#compdef' named.txt || { echo 'it prints the script for zsh now'; exit 1; }
grep -q 'complete -o' named.txt || { echo 'it prints no script for bash any more'; exit 1; }
grep -q 'status 0' named.txt || { echo 'it is an error now'; exit 1; }
grep -v '^$' equals.txt
grep -q 'status 2' equals.txt || { echo 'the equals sign is taken now'; exit 1; }
