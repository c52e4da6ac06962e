# Completion of enrichctl for bash 4.4 or newer: source this file.

_enrichctl() {
    local line=${COMP_LINE:0:COMP_POINT} IFS=$' \t\n' words place
    # The program is told the words as they were typed: bash breaks them at "=" as well.
    read -ra words <<< "$line"
    place=$(( ${#words[@]} - 1 ))
    [[ $line == *[[:space:]] ]] && (( place++ ))
    IFS=$'\n'
    COMPREPLY=( $(env COMP_WORDS="$line" COMP_CWORD="$place" _ENRICHCTL_COMPLETE=complete_bash \
        "$1" 2>/dev/null) )
    # A field that waits for its column gets no blank.
    [[ ${COMPREPLY[*]} == *= ]] && compopt -o nospace
    return 0
}

complete -o default -F _enrichctl enrichctl

