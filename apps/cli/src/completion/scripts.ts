export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * For each shell a script that asks `nuncio complete` what may stand at the cursor. Each answer is a line: a word, a tab, its description. If there is
 * none, the shell completes names of files.
 */
export const scripts: Readonly<Record<Shell, string>> = {
  // Readline also ends words at `:` and `=`. What it takes for an earlier word must not be repeated.
  bash: `_nuncio() {
  local line="\${COMP_LINE:0:COMP_POINT}" word words
  read -ra words <<< "$line"
  [[ "$line" == *[[:space:]] ]] && words+=("")
  word="\${words[\${#words[@]}-1]}"
  local before="\${word%"\${word##*[:=]}"}"
  COMPREPLY=()
  while IFS=$'\\t' read -r word _; do
    COMPREPLY+=("\${word#"$before"}")
  done < <(nuncio complete -- "\${words[@]:1}" 2>/dev/null)
}
complete -o default -F _nuncio nuncio`,
  zsh: `#compdef nuncio
_nuncio() {
  local -a lines values shown
  local line
  lines=("\${(@f)$(nuncio complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in "\${lines[@]}"; do
    [[ -n "$line" ]] || continue
    values+=("\${line%%$'\\t'*}")
    shown+=("\${line/$'\\t'/  }")
  done
  if (( $#values )); then compadd -l -d shown -a values; else _files; fi
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
compdef _nuncio nuncio`,
  fish: `function __nuncio_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l found (nuncio complete -- $words[2..] 2>/dev/null)
  if test (count $found) -gt 0
    printf '%s\\n' $found
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c nuncio -f -a '(__nuncio_complete)'`,
};
