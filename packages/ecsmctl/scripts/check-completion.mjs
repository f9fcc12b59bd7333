/**
 * Completes a few command lines in every shell that is installed here, as a user at the keyboard would, and fails where one
 * gives other words than it should. A command rather than a test, since machines differ in their shells. Needs a build.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../bin/ecsmctl.js', import.meta.url));

/** What is typed before the tabulator key, and what the line is to be after it. */
const lines = [
  ['ecsmctl comp', 'ecsmctl completion'],
  ['ecsmctl rollout hi', 'ecsmctl rollout history'],
  ['ecsmctl get ecsms', 'ecsmctl get ecsmservices'],
  ['ecsmctl get es tele', 'ecsmctl get es telemetry'],
  ['ecsmctl get es/tele', 'ecsmctl get es/telemetry'],
  ['ecsmctl get es --show-l', 'ecsmctl get es --show-labels'],
  ['ecsmctl get es -o=ya', 'ecsmctl get es -o=yaml'],
  ['ecsmctl apply -f tele', 'ecsmctl apply -f telemetry.json'],
  ['ecsmctl apply --filename=tele', 'ecsmctl apply --filename=telemetry.json'],
];

const manifest = {
  apiVersion: 'ecsm.sh/v1',
  kind: 'ECSMService',
  metadata: { name: 'telemetry' },
  spec: {
    deploymentStrategy: { type: 'Dynamic', replicas: 1, nodePool: ['worker-1'] },
    template: { image: 'telemetry@1.0.0#sylixos' },
  },
};

/** Programs that read a line as its argument and print it completed, each in its own shell. */
const shells = {
  bash: `source <(ecsmctl completion bash)
COMP_LINE="$1"; COMP_POINT=\${#1}; word="\${1##*[ =]}"
compopt() { [[ $2 == default ]] && found=$(compgen -f "$word"); }
_ecsmctl ecsmctl "$word"
printf '%s%s\\n' "\${1%"$word"}" "\${COMPREPLY[@]}"`,
  // A terminal within the terminal: what the key does is what counts.
  zsh: `zmodload zsh/zpty
zpty inner zsh -f -i
zpty -w inner 'autoload -U compinit; compinit -u -D; source <(ecsmctl completion zsh); preexec() { print -r -- "<<$1>>" }; print re""ady'
zpty -r inner text '*ready*'
zpty -n -w inner "$1"$'\\t'$'\\n'
zpty -r inner text '*<<ecsmctl*>>*'
print -r -- "\${\${text##*<<}%%>>*}"
zpty -d inner`,
  fish: `ecsmctl completion fish | source
set -l words (string split ' ' -- $argv[1])
echo $words[1..-2] (complete -C $argv[1] | string split -f 1 \\t)`,
};
const argumentsOf = { bash: ['--norc', '-c'], zsh: ['-f', '-c'], fish: ['--no-config', '-c'] };

const folder = mkdtempSync(join(tmpdir(), 'ecsmctl-completion-'));
const env = { ...process.env, HOME: folder, PATH: `${folder}:${process.env.PATH}`, TERM: 'dumb' };
env.ECSMCTL_REGISTRY = join(folder, 'registry.db');
let failed = false;
try {
  symlinkSync(program, join(folder, 'ecsmctl'));
  writeFileSync(join(folder, 'telemetry.json'), JSON.stringify(manifest));
  const { status, stderr } = spawnSync('ecsmctl', ['apply', '-f', join(folder, 'telemetry.json')], { env });
  if (status !== 0) throw new Error(`no object to complete: ${stderr}`);
  for (const [shell, script] of Object.entries(shells)) {
    if (spawnSync(shell, ['--version']).status !== 0) {
      console.log(`${shell}: not installed here`);
      continue;
    }
    for (const [typed, wanted] of lines) {
      // fish takes no name for the script before its arguments.
      const args = [...argumentsOf[shell], script, ...(shell === 'fish' ? [] : [shell]), typed];
      const { stdout, stderr } = spawnSync(shell, args, { env, encoding: 'utf8', timeout: 20_000, cwd: folder });
      const got = stdout.trim();
      if (got === wanted) continue;
      failed = true;
      console.log(`${shell}: "${typed}" became "${got}", not "${wanted}" ${stderr.trim()}`);
    }
    console.log(`${shell}: ${lines.length} lines`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
