import { UsageError } from '../cli/cli-error.js';
import type { Handler } from '../cli/command.js';
import { shells } from '../definitions/settings.js';
import type { noFlags } from '../definitions/platform.js';

// Each script asks "ecsmctl complete -- WORDS..." for candidates, one a line; the last word is the one under the cursor.
const scripts: Readonly<Record<string, string>> = {
  // bash takes words apart at @, = and : too, which names hold, so the line is read anew and the reply is cut where bash cut.
  bash: `# source <(ecsmctl completion bash)
_ecsmctl() {
  local line="\${COMP_LINE:0:COMP_POINT}" current="\${COMP_WORDS[COMP_CWORD]}" words word
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  word="\${words[-1]}"
  [[ $current == [=:@] ]] && current=""
  local IFS=$'\\n'
  COMPREPLY=( $(ecsmctl complete -- "\${words[@]:1}" 2>/dev/null) )
  COMPREPLY=( "\${COMPREPLY[@]#"\${word%"$current"}"}" )
  [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *[=,/.] ]] && compopt -o nospace
  return 0
}
complete -o default -o bashdefault -F _ecsmctl ecsmctl ecsm-cli
`,
  zsh: `#compdef ecsmctl ecsm-cli
# source <(ecsmctl completion zsh)
_ecsmctl() {
  local -a candidates
  candidates=("\${(@f)$(ecsmctl complete -- "\${(@)words[2,$CURRENT]}" 2>/dev/null)}")
  if [[ -z "\${candidates[1]}" ]]; then _files; return; fi
  compadd -S '' -- "\${(@M)candidates:#*[=,/.]}"
  compadd -- "\${(@)candidates:#*[=,/.]}"
}
compdef _ecsmctl ecsmctl ecsm-cli
`,
  // Without a word under the cursor fish would leave the empty one out.
  fish: `# ecsmctl completion fish | source
function __ecsmctl_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l found (ecsmctl complete -- $words[2..-1] "$current" 2>/dev/null)
  if test (count $found) -gt 0
    printf '%s\\n' $found
  else
    __fish_complete_path "$current"
  end
end
complete -c ecsmctl -f -a '(__ecsmctl_complete)'
complete -c ecsm-cli -f -a '(__ecsmctl_complete)'
`,
};

/** Prints the completion script of a shell. */
export const completion: Handler<typeof noFlags> = (invocation) => {
  const [shell = ''] = invocation.args;
  const script = scripts[shell];
  if (script === undefined)
    throw new UsageError(`there is no completion for "${shell}"`, `use one of ${shells.join(', ')}`);
  invocation.print(script);
};
