import type { NodeFields } from './catalogue.ts'
import { nodeId } from './nodes.ts'
import { graphTime } from './times.ts'

export const RULE: NodeFields<'rule'> = {
  graphName: 'AdRule',
  defaults: ['id', 'name'],
  fields: {
    id: nodeId,
    account_id: ({ account }) => account.id,
    name: ({ rule }) => rule.name,
    status: ({ rule }) => rule.status,
    evaluation_spec: ({ rule }) => rule.evaluation,
    execution_spec: ({ rule }) => rule.execution,
    schedule_spec: ({ rule }) => rule.schedule,
    created_time: ({ rule }) => graphTime(rule.createdAt),
    updated_time: ({ rule }) => graphTime(rule.updatedAt),
  },
}

export const RULE_RUN: NodeFields<'rule-run'> = {
  graphName: 'AdRuleHistory',
  defaults: ['timestamp', 'results'],
  fields: {
    timestamp: ({ run }) => graphTime(run.at),
    is_manual: () => false,
    results: ({ run }) =>
      run.paused.map((object_id) => ({
        object_id,
        object_type: 'CAMPAIGN',
        actions: [{ action: 'PAUSED', field: 'status', old_value: 'ACTIVE', new_value: 'PAUSED' }],
      })),
  },
}
