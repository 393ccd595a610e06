import tab from '@bomb.sh/tab/commander'
import type { Command } from 'commander'

/** The library's words for: only these, no files; and for whatever the shell thinks of, files. */
const [ONLY_THESE, ANY] = [':4', ':0']

/** A script for the shell, which calls `store-monitor complete` for what there is. */
export function completionScript(program: Command, shell: string): string {
  const name = program.name()
  const script = written(() => tab(program).setup(name, name, shell))
  return shell === 'bash' ? forAnyBash(script, name) : script
}

/**
 * The library's script for Bash wants a function of the package bash-completion, which many machines lack, and evaluates what was typed,
 * so that `$(reboot)` would before it is entered.
 */
function forAnyBash(script: string, name: string): string {
  const ofPackage = '_get_comp_words_by_ref -n "=:" cur prev words cword'
  const words = 'words=("${COMP_WORDS[@]}") cword=$COMP_CWORD cur=${COMP_WORDS[COMP_CWORD]}'
  return (
    script
      .replace(
        ofPackage,
        `if declare -F _get_comp_words_by_ref >/dev/null; then ${ofPackage}; else ${words}; fi`,
      )
      .replace(
        /^ *requestComp=[^]*? out=\$\(eval "\$requestComp" 2>\/dev\/null\)$/m,
        () => `    out=$(${name} complete -- "\${words[@]:1:cword-1}" "$cur" 2>/dev/null)`,
      )
      // Where it is read again in a shell.
      .replaceAll(/^readonly /gm, '')
      // Else Bash never completes files, whatever it is told.
      .replace(/^complete -F /m, 'complete -o bashdefault -o default -F ')
  )
}

/** What the last word could be. */
export function completionsOf(program: Command, words: readonly string[]): string {
  const text = written(() => tab(program).parse([...words]))
  // Where it knows of nothing, it would keep the shell from its files.
  return text.trim() === ONLY_THESE ? `${ANY}\n` : text.replace(/^complete\t.*\n/m, '') // what it adds for itself
}

/** What the library writes to the console. */
function written(write: () => void): string {
  const lines: string[] = []
  const { log } = globalThis.console
  const replace = (written: (line: string) => void) => Object.assign(globalThis.console, { log: written })
  replace((line) => void lines.push(line))
  try {
    write()
  } finally {
    replace(log)
  }
  return lines.map((line) => `${line}\n`).join('')
}
