import { UsageError } from '../cli/cli-error.js';
import type { Handler } from '../cli/command.js';
import { shells } from '../definitions/settings.js';
import type { noFlags } from '../definitions/platform.js';

// Each script asks "ecsmctl complete -- WORDS..." for candidates, one a line; the last word is the one under the cursor.
// Exit code 3 says that a file belongs there. What a shell reads otherwise than it is written, such as a space, is quoted.
const scripts: Readonly<Record<string, string>> = {
  // bash takes words apart at @, = and : too, which names hold, so the line is read anew and the reply is cut where bash cut.
  bash: `# source <(ecsmctl completion bash)
_ecsmctl() {
  local line="\${COMP_LINE:0:COMP_POINT}" current words found i
  read -a words <<< "$line"
  IFS= read current <<< "$2"
  [[ $line == *[[:space:]] ]] && words+=("")
  COMPREPLY=()
  found=$(ecsmctl complete -- "\${words[@]:1}" 2>/dev/null)
  [[ $? -eq 3 ]] && compopt -o default
  [[ -n $found ]] || return 0
  mapfile -t COMPREPLY <<< "$found"
  [[ \${#COMPREPLY[@]} -eq 1 && $found == *[=,/.] ]] && compopt -o nospace
  for i in "\${!COMPREPLY[@]}"; do
    found="\${COMPREPLY[i]#"\${words[-1]%"$current"}"}"
    printf -v "COMPREPLY[i]" "\${found:+%q}" "$found"
  done
}
complete -F _ecsmctl ecsmctl ecsm-cli
`,
  zsh: `#compdef ecsmctl ecsm-cli
# source <(ecsmctl completion zsh)
_ecsmctl() {
  local -a candidates
  candidates=("\${(@f)$(ecsmctl complete -- "\${(@Q)words[2,$CURRENT]}" 2>/dev/null)}")
  if [[ $? -eq 3 ]]; then compset -P '--*='; _files; return; fi
  [[ -n "\${candidates[1]}" ]] || return 1
  compadd -S '' -- "\${(@M)candidates:#*[=,/.]}"
  compadd -- "\${(@)candidates:#*[=,/.]}"
}
compdef _ecsmctl ecsmctl ecsm-cli
`,
  // Without a word under the cursor fish would leave the empty one out.
  fish: `# ecsmctl completion fish | source
function __ecsmctl_complete
  set -l words (commandline -opc)
  set -l current (string unescape -- (commandline -ct))
  ecsmctl complete -- $words[2..-1] "$current" 2>/dev/null
  if test $status -eq 3
    set -l flag (string match -r -- '^--[^=]*=' "$current")
    __fish_complete_path (string replace -- "$flag" '' "$current") | string replace -r -- '^' "$flag"
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
