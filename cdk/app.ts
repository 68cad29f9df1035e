import { App } from 'aws-cdk-lib'
import { prefixOf, readConfig } from './config.ts'
import { SluiceStack } from './sluice-stack.ts'

const app = new App({ analyticsReporting: false })
const config = readConfig(
  app.node.tryGetContext('sluice'),
  app.node.tryGetContext('stage'),
  app.node.tryGetContext('alarmEmail'),
)
new SluiceStack(app, 'sluice', {
  config,
  stackName: prefixOf(config),
  description: 'Sluice: moves advertising budget to where the next unit of money works hardest',
  terminationProtection: config.stage === 'prod',
})
