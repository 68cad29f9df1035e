import type * as z from 'zod'
import type { AccountId, CampaignId } from '../../model/account.ts'
import type { Experiment } from '../../model/structure.ts'
import { accountDate } from '../../units/calendar.ts'
import type { GoogleAdsRest } from './rest.ts'
import { idOf } from './schema.ts'
import { armRow, type CampaignRow, experimentRow, QUERIES } from './structure-rows.ts'

type Arm = z.infer<typeof armRow>['experimentArm']
type Fields = z.infer<typeof experimentRow>['experiment']

/** Running, about to, or being folded into its base: moving a budget under any of these spoils it. */
const RUNNING = new Set(['INITIATED', 'ENABLED', 'PROMOTED'])

const campaignsOf = (arms: readonly Arm[]) => arms.flatMap((arm) => [...arm.campaigns, ...arm.inDesignCampaigns])

function experimentOf(of: Fields, arms: readonly Arm[], trials: ReadonlyMap<string, readonly string[]>): Experiment {
  const base = campaignsOf(arms.filter(({ control }) => control)).map(idOf)
  const others = campaignsOf(arms.filter(({ control }) => !control)).map(idOf)
  // Trial campaigns that Google materialised after the arms were designed name their base themselves.
  const materialised = base.flatMap((id) => trials.get(id) ?? [])
  return {
    id: of.experimentId,
    name: of.name,
    campaigns: [...new Set([...base, ...others, ...materialised])] as CampaignId[],
    ...(of.startDate ? { from: accountDate(of.startDate) } : {}),
    ...(of.endDate ? { to: accountDate(of.endDate) } : {}),
  }
}

/** Ids of the trial campaigns that are not removed, by the id of their base. */
const trialsByBase = (rows: readonly CampaignRow[]): ReadonlyMap<string, readonly string[]> => {
  const trials = rows.filter(
    ({ campaign }) => campaign.experimentType === 'EXPERIMENT' && campaign.status !== 'REMOVED',
  )
  const byBase = Map.groupBy(trials, ({ campaign }) => (campaign.baseCampaign ? idOf(campaign.baseCampaign) : ''))
  return new Map([...byBase].map(([base, found]) => [base, found.map(({ campaign }) => campaign.id)]))
}

/** Experiments that the account runs, the base campaign first in each. @throws PlatformError */
export async function runningExperiments(
  rest: GoogleAdsRest,
  account: AccountId,
  campaigns: readonly CampaignRow[],
): Promise<readonly Experiment[]> {
  const all = await rest.rows(account, QUERIES.experiments, experimentRow)
  const running = all.filter(({ experiment }) => RUNNING.has(experiment.status))
  if (running.length === 0) return []
  const arms = await rest.rows(account, QUERIES.arms, armRow)
  const byExperiment = Map.groupBy(
    arms.map(({ experimentArm }) => experimentArm),
    ({ experiment }) => experiment,
  )
  const trials = trialsByBase(campaigns)
  return running.map(({ experiment }) =>
    experimentOf(experiment, byExperiment.get(experiment.resourceName) ?? [], trials),
  )
}
