/** The supply-chain gate of `npm run check`: says what is wrong with the lock file, and ends with 1 where something is. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readLock } from './sbom.ts'
import { idleExceptions, type Manifest, supplyChainFaults } from './supply-chain.ts'

const manifest = JSON.parse(
  readFileSync(fileURLToPath(new URL('../package.json', import.meta.url)), 'utf8'),
) as Manifest
const lock = readLock()
const faults = [
  ...supplyChainFaults(lock, manifest),
  ...idleExceptions(lock).map(
    (name) => `${name}: an exception in scripts/supply-chain.ts that nothing needs: remove it`,
  ),
]
for (const fault of faults) console.error(fault)
console.log(`${Object.keys(lock.packages).length - 1} locked packages, ${faults.length} faults`)
process.exitCode = faults.length > 0 ? 1 : 0
