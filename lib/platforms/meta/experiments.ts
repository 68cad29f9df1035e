import * as z from 'zod'
import type { AccountId, CampaignId } from '../../model/account.ts'
import type { Experiment } from '../../model/structure.ts'
import type { Instant, TimeZone } from '../../units/calendar.ts'
import type { Graph } from './graph.ts'
import { id, PAGE_SIZE } from './schema.ts'
import { lastDate, realTime, startDate, time } from './time.ts'

const studySchema = z.object({
  id,
  name: z.string().catch(''),
  start_time: time.optional(),
  end_time: time.optional(),
  canceled_time: time.optional(),
})
type Study = z.output<typeof studySchema>
const STUDY_FIELDS = Object.keys(studySchema.shape).join(',')
const cellSchema = z.object({ id })
const armSchema = z.object({ id })
const armOfAdSetsSchema = z.object({ campaign_id: id })

interface When {
  readonly zone: TimeZone
  readonly now: Instant
}

/** Studies that run or are still to come; what is over holds nothing still. */
export async function readExperiments(graph: Graph, account: AccountId, when: When): Promise<readonly Experiment[]> {
  const studies = await graph.all(
    account,
    `act_${account}/ad_studies`,
    { fields: STUDY_FIELDS, limit: PAGE_SIZE },
    studySchema,
  )
  const present = studies.filter((study) => isPresent(study, when.now))
  return Promise.all(present.map((study) => toExperiment(graph, account, study, when.zone)))
}

function isPresent({ canceled_time, end_time }: Study, now: Instant): boolean {
  const end = realTime(end_time)
  return realTime(canceled_time) === undefined && (end === undefined || end > now)
}

async function toExperiment(graph: Graph, account: AccountId, study: Study, zone: TimeZone): Promise<Experiment> {
  const cells = await graph.all(account, `${study.id}/cells`, { fields: 'id', limit: PAGE_SIZE }, cellSchema)
  const arms = await Promise.all(cells.map((cell) => campaignsOf(graph, account, cell.id)))
  const from = startDate(study.start_time, zone)
  const to = lastDate(study.end_time, zone)
  return {
    id: study.id,
    name: study.name,
    campaigns: [...new Set(arms.flat())] as CampaignId[],
    ...(from && { from }),
    ...(to && { to }),
  }
}

/** Campaigns of a cell, and those whose ad sets are in it: their budget may feed the arm. */
async function campaignsOf(graph: Graph, account: AccountId, cell: string): Promise<readonly string[]> {
  const [campaigns, adSets] = await Promise.all([
    graph.all(account, `${cell}/campaigns`, { fields: 'id', limit: PAGE_SIZE }, armSchema),
    graph.all(account, `${cell}/adsets`, { fields: 'id,campaign_id', limit: PAGE_SIZE }, armOfAdSetsSchema),
  ])
  return [...campaigns.map((campaign) => campaign.id), ...adSets.map((adSet) => adSet.campaign_id)]
}
