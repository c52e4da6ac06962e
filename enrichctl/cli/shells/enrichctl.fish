# Completion of enrichctl for fish: put this file in ~/.config/fish/completions.

function __enrichctl_complete
    set -l token (commandline -ct)
    set -l before (string match -r -- '^--[^=]+=' $token)
    set -l found (env _ENRICHCTL_COMPLETE=complete_fish _TYPER_COMPLETE_FISH_ACTION=get-args \
        _TYPER_COMPLETE_ARGS=(commandline -cp) enrichctl 2>/dev/null)
    if test -z "$found"
        __fish_complete_path (commandline -ct)
        return
    end
    # After "--option=" the program offers the value alone.
    printf '%s\n' "$before"$found
end

complete --command enrichctl --no-files --arguments '(__enrichctl_complete)'
