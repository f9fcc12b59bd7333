import { UsageError } from '../cli/cli-error.js';
import type { Handler } from '../cli/command.js';
import { shells } from '../definitions/settings.js';
import type { noFlags } from '../definitions/platform.js';

// Each script asks "ecsmctl complete -- WORDS..." for candidates, one a line; the last word is the one under the cursor.
const scripts: Readonly<Record<string, string>> = {
  bash: `# source <(ecsmctl completion bash)
_ecsmctl() {
  local IFS=$'\\n' word="\${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=( $(compgen -W "$(ecsmctl complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "$word") )
  [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *[=,/] ]] && compopt -o nospace
  return 0
}
complete -o default -o bashdefault -F _ecsmctl ecsmctl ecsm-cli
`,
  zsh: `#compdef ecsmctl ecsm-cli
# source <(ecsmctl completion zsh)
_ecsmctl() {
  local -a candidates
  candidates=("\${(@f)$(ecsmctl complete -- "\${(@)words[2,$CURRENT]}" 2>/dev/null)}")
  if (( \${#candidates} )) && [[ -n "\${candidates[1]}" ]]; then compadd -- "\${candidates[@]}"; else _files; fi
}
compdef _ecsmctl ecsmctl ecsm-cli
`,
  fish: `# ecsmctl completion fish | source
function __ecsmctl_complete
  set -l words (commandline -opc) (commandline -ct)
  ecsmctl complete -- $words[2..-1] 2>/dev/null
end
complete -c ecsmctl -a '(__ecsmctl_complete)'
complete -c ecsm-cli -a '(__ecsmctl_complete)'
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
