import { type Hunted, hunt } from './hunt.ts'
import { MUTANTS } from './list.ts'

const say = (line: string): unknown => process.stdout.write(`${line}\n`)

/** Hunts every mutant, and prints the table of docs/reliability.md. @returns the exit code: 1 where one was not found */
export async function huntAll({ seed, cycles }: { readonly seed: number; readonly cycles: number }): Promise<number> {
  say(`| mutant | what it does | found by | after (seed ${seed}) |\n|---|---|---|---:|`)
  const lost: string[] = []
  for (const mutant of MUTANTS) {
    const found = await hunt(mutant, seed, cycles)
    if (!found.broke) lost.push(mutant.name)
    say(rowOf(found))
  }
  say(
    `\n${MUTANTS.length - lost.length} of ${MUTANTS.length} found${lost.length > 0 ? `; not ${lost.join(', ')}` : ''}`,
  )
  return lost.length > 0 ? 1 : 0
}

function rowOf({ mutant, broke, cycles }: Hunted): string {
  const after = mutant.world ? `scripted: ${mutant.world}` : `${(cycles ?? 0).toLocaleString('en')} cycles`
  return `| \`${mutant.name}\` | ${mutant.what} | ${broke ? `\`${broke}\`` : '**not found**'} | ${after} |`
}
