import { authenticate, authorisedAdvertisers, exchangeCode } from './authorisation.ts'
import { inMaintenance, pageNotFound, tooManyQueries, wrongMethod } from './errors.ts'
import { advertiserInfo, gmvMaxInfo, listAdGroups, listCampaigns, listGmvMax } from './lists.ts'
import { runReport } from './reports.ts'
import { updateAdGroupStatus, updateCampaignStatus } from './status-updates.ts'
import { type Answer, type Call, nowOf, type TikTokTwinRequests, type Twin } from './twin.ts'
import { updateAdGroup, updateCampaign } from './updates.ts'

interface Route {
  readonly method: 'GET' | 'POST'
  readonly counts: 'reads' | 'reports' | 'writes'
  readonly isOpen?: true
  readonly run: (twin: Twin, call: Call) => Answer
}

const read = (run: Route['run'], counts: 'reads' | 'reports' = 'reads'): Route => ({ method: 'GET', counts, run })
const write = (run: Route['run']): Route => ({ method: 'POST', counts: 'writes', run })

const ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['/oauth2/access_token/', { method: 'POST', counts: 'reads', isOpen: true, run: exchangeCode }],
  ['/oauth2/advertiser/get/', read(authorisedAdvertisers)],
  ['/advertiser/info/', read(advertiserInfo)],
  ['/campaign/get/', read(listCampaigns)],
  ['/adgroup/get/', read(listAdGroups)],
  ['/gmv_max/campaign/get/', read(listGmvMax)],
  ['/campaign/gmv_max/info/', read(gmvMaxInfo)],
  ['/report/integrated/get/', read(runReport, 'reports')],
  ['/campaign/update/', write(updateCampaign)],
  ['/adgroup/update/', write(updateAdGroup)],
  ['/campaign/status/update/', write(updateCampaignStatus)],
  ['/adgroup/status/update/', write(updateAdGroupStatus)],
])

const count = (requests: TikTokTwinRequests, counts: Route['counts']): void => {
  requests[counts] += 1
}

/** @throws TikTokError, or GatewayError for a path or method that there is not */
export function respond(twin: Twin, call: Call): Answer {
  const route = ROUTES.get(call.path)
  if (!route) throw pageNotFound()
  if (route.method !== call.method) throw wrongMethod()
  const condition = twin.world.condition('tiktok')
  if (condition === 'down') throw inMaintenance()
  if (condition === 'throttling') throw tooManyQueries('QPM')
  if (!route.isOpen) authenticate(twin, call)
  twin.limits.charge(nowOf(twin))
  count(twin.requests, route.counts)
  return route.run(twin, call)
}
