import type { ScenarioGenerate } from './schema.ts'

/** Name of the n-th campaign of a `generate` block, counted from 0: `Search 1`. */
export const generatedCampaignName = (block: ScenarioGenerate, index: number): string => `${block.name} ${index + 1}`

/** Name of an ad group: `Search 1 · all` where it is the only one, else `Search 1 · A`, `· B`, … */
export function generatedAdGroupName(block: ScenarioGenerate, campaign: string, index: number): string {
  if (block.adGroups === 1) return `${campaign} · all`
  return `${campaign} · ${String.fromCharCode(65 + (index % 26))}${index < 26 ? '' : index}`
}
